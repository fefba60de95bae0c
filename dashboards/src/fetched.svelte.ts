/** Values from the server: the last good ones stay while they are fetched again, and if that fails. */
import { untrack } from "svelte";
import { errorText, writes } from "./api.ts";

export class Fetched {
  state = $state<"loading" | "ready" | "failed">("loading");
  /** Why the last fetch failed, while older values are still shown. */
  fault = $state("");
  private count = 0;

  /**
   * Fetches, and applies the answer unless a newer fetch has begun; true if none has. Where something was written
   * meanwhile, it fetches again: the answer may be older. Where `apply` returns false, the answer is ignored.
   */
  protected async load<T>(fetch: () => Promise<T>, apply: (found: T) => boolean | void): Promise<boolean> {
    const mine = ++this.count;
    const before = writes;
    try {
      const found = await fetch();
      if (mine !== this.count) return false;
      if (before !== writes) return this.load(fetch, apply);
      if (apply(found) === false) return true;
      this.state = "ready";
      this.fault = "";
    } catch (thrown) {
      if (mine !== this.count) return false;
      this.fault = errorText(thrown);
      if (this.state === "loading") this.state = "failed";
    }
    return true;
  }
}

/** Calls `act` whenever `value` changes; call it while a component is set up. */
export function onChange(value: () => unknown, act: () => void): void {
  let before = untrack(value);
  $effect(() => {
    const now = value();
    if (now !== before) untrack(act);
    before = now;
  });
}

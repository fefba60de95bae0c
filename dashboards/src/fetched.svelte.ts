/** Values from the server: the last good ones stay while they are fetched again, and if that fails. */
import { untrack } from "svelte";
import { errorText, writes } from "./api.ts";

export class Fetched {
  state = $state<"loading" | "ready" | "failed">("loading");
  /** Why the last fetch failed, while older values are still shown. */
  fault = $state("");
  private count = 0;
  private last = Promise.resolve();

  /**
   * Fetches, and applies the answer unless a newer fetch has begun: then it ends with the newest one, so that who waited
   * sees what that brought. Where something was written meanwhile, it fetches again: the answer may be older. Where
   * `apply` returns false, the answer is ignored.
   */
  protected load<T>(fetch: () => Promise<T>, apply: (found: T) => boolean | void): Promise<void> {
    const mine = ++this.count;
    const before = writes;
    return (this.last = fetch()
      .then((found) => {
        if (mine !== this.count) return this.last;
        if (before !== writes) return this.load(fetch, apply);
        if (apply(found) === false) return;
        this.state = "ready";
        this.fault = "";
      })
      .catch((thrown) => {
        if (mine !== this.count) return this.last;
        this.fault = errorText(thrown);
        if (this.state === "loading") this.state = "failed";
      }));
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

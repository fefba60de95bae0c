/** What is done on the page: one thing after the other; then it is fetched again, and the focus goes to what stands there now. */
import { tick } from "svelte";
import { errorText } from "../api.ts";
import { notices } from "../notices.svelte.ts";
import type { MorningStore } from "./morningStore.svelte.ts";

export class Acts {
  /** The keys of the items at which something is being done, or will be next. */
  private running = $state.raw<readonly string[]>([]);
  private last: Promise<void> = Promise.resolve();
  /** What is open below an item: its key and what is asked. */
  opened = $state("");
  private readonly store: MorningStore;

  constructor(store: MorningStore) {
    this.store = store;
  }

  /** Opens what is asked below an item, and closes what is open; closes only, if empty. */
  open(asked: string): void {
    this.opened = asked;
  }

  busy(key: string): boolean {
    return this.running.includes(key);
  }

  /** `said`: what was done; `undo`: takes it back. A second act on another item waits for the first; on the same item it is ignored. */
  run(key: string, work: () => Promise<unknown>, said: string, undo: (() => Promise<unknown>) | null = null): Promise<void> {
    if (this.running.includes(key)) return this.last;
    this.running = [...this.running, key];
    this.last = this.last.then(() => this.act(key, work, said, undo));
    return this.last;
  }

  private async act(key: string, work: () => Promise<unknown>, said: string, undo: (() => Promise<unknown>) | null): Promise<void> {
    const at = place();
    try {
      await work();
      this.opened = "";
      await this.store.refresh();
      await settle(at);
      notices.show(said, "ok", undo && (() => this.back(undo)));
    } catch (thrown) {
      notices.show(`Not done: ${errorText(thrown)}`, "bad");
      await this.store.refresh();
    } finally {
      this.running = this.running.filter((one) => one !== key);
    }
  }

  private async back(undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
      notices.announce("Undone.");
    } catch (thrown) {
      notices.show(`Not undone: ${errorText(thrown)}`, "bad");
    }
    await this.store.refresh();
  }
}

const items = () => [...document.querySelectorAll<HTMLElement>("li.item")];

/** Which item has the focus; -1 for none. */
export function place(): number {
  return items().findIndex((one) => one.contains(document.activeElement));
}

/** Focuses what stands now where an item was that had the focus, unless something else has it. */
export async function settle(at: number): Promise<void> {
  await tick();
  if (at < 0 || document.activeElement !== document.body) return;
  const all = items();
  const there = all[Math.min(at, all.length - 1)];
  const next = there?.querySelector<HTMLElement>(".acts button, .acts a") ?? there?.querySelector<HTMLElement>("a");
  (next ?? document.querySelector<HTMLElement>("#morning-end"))?.focus();
}

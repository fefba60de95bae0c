/** What its user has seen and needs no more: kept by the controller for a week, so that all their devices agree. */
import { errorText, send } from "../api.ts";
import { notices } from "../notices.svelte.ts";
import type { MorningStore } from "./morningStore.svelte.ts";

/** The longest key that the controller keeps. */
const LONGEST = 1000;

export class Seen {
  /** What was chosen here and is not in an answer yet. */
  private chosen = $state.raw<Readonly<Record<string, boolean>>>({});
  private readonly site: string;
  private readonly store: MorningStore;

  constructor(site: string, store: MorningStore) {
    this.site = site;
    this.store = store;
  }

  has(key: string): boolean {
    const kept = key.slice(0, LONGEST);
    return this.chosen[kept] ?? this.store.found?.seen.includes(kept) ?? false;
  }

  add(keys: readonly string[]): void {
    void this.keep(keys, true);
  }

  remove(keys: readonly string[]): void {
    void this.keep(keys, false);
  }

  private async keep(all: readonly string[], seen: boolean): Promise<void> {
    const keys = all.map((key) => key.slice(0, LONGEST));
    this.chosen = { ...this.chosen, ...Object.fromEntries(keys.map((key) => [key, seen])) };
    try {
      await send("POST", `/sites/${this.site}/morning/seen`, { keys, seen });
      await this.store.refresh();
    } catch (thrown) {
      notices.show(`Not kept: ${errorText(thrown)}`, "bad");
    }
    this.chosen = Object.fromEntries(Object.entries(this.chosen).filter(([key]) => !keys.includes(key)));
  }
}

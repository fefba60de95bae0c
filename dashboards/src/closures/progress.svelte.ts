/** How far the server is with what this page has sent: a closure with its decisions, or the undoing of it. */
import { get } from "../api.ts";
import { type Batch, progressOf } from "./batch.ts";

const LOOK_MS = 1000;

export class BatchProgress {
  /** Null before the first answer, and when it is done. */
  at = $state<{ planned: number; finished: number } | null>(null);

  /** Looks each second until the work is done. `mine`: which batch it is; others may be carried out at the same time. */
  async during<T>(site: string, work: Promise<T>, mine: (one: Batch) => boolean): Promise<T> {
    const timer = setInterval(() => this.look(site, mine), LOOK_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.at = null;
    }
  }

  private async look(site: string, mine: (one: Batch) => boolean): Promise<void> {
    try {
      const { items } = await get<{ items: Batch[] }>(`/sites/${site}/closure-batches`);
      this.at = progressOf(items, mine) ?? this.at;
    } catch {
      // The next look may be answered.
    }
  }
}

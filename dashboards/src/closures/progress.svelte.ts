/** How far the server is with what this page has sent: a closure with its decisions, or the undoing of it. */
import { get } from "../api.ts";
import type { Batch } from "./batch.ts";

const LOOK_MS = 1000;

export class BatchProgress {
  /** Null before the first answer, and when it is done. */
  at = $state<{ planned: number; finished: number } | null>(null);

  /** Looks each second until the work is done. */
  async during<T>(site: string, work: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.look(site), LOOK_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.at = null;
    }
  }

  private async look(site: string): Promise<void> {
    try {
      const { items } = await get<{ items: Batch[] }>(`/sites/${site}/closure-batches`);
      const one = items.find(({ planned }) => planned !== null);
      if (one) this.at = { planned: one.planned!, finished: one.finished! };
    } catch {
      // The next look may be answered.
    }
  }
}

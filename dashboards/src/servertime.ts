/** The server's clock as heard from its messages: an offset and a rate, for the demo may run faster than life. */
import type { Instant } from "./zone.ts";

interface Heard {
  local: number;
  server: Instant;
}

export class ServerTime {
  private first: Heard | null = null;
  private last: Heard | null = null;
  rate = 1;

  /** `local` is a monotonic reading in milliseconds, taken when `server` arrived. */
  hear(server: Instant, local: number): void {
    const expected = this.at(local);
    // A jump (restart, another clock) starts the measurement anew.
    if (expected !== null && Math.abs(server - expected) > 30_000 * Math.max(1, this.rate)) this.first = null;
    this.last = { local, server };
    if (!this.first) {
      this.first = this.last;
      return;
    }
    const passed = local - this.first.local;
    if (passed < 4_000) return;
    const rate = (server - this.first.server) / passed;
    this.rate = Math.abs(rate - 1) < 0.05 ? 1 : Math.max(0, rate);
    if (passed > 120_000) this.first = this.last;
  }

  at(local: number): Instant | null {
    return this.last && this.last.server + (local - this.last.local) * this.rate;
  }
}

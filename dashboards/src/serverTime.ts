/** The server's clock, from its messages: an offset and a rate, because the demo may run faster than real time. */
import type { Instant } from "./zone.ts";

interface Heard {
  local: number;
  server: Instant;
}

const MOST_RATE = 100;

export class ServerTime {
  private first: Heard | null = null;
  private last: Heard | null = null;
  rate = 1;

  /** `local` is a monotonic reading in milliseconds, taken when `server` arrived. */
  sync(server: Instant, local: number): void {
    const back = this.last !== null && server < this.last.server - 2_000;
    this.last = { local, server };
    if (!this.first || back) this.first = this.last;
    const passed = local - this.first.local;
    if (passed < 4_000) return;
    const rate = (server - this.first.server) / passed;
    // No demo runs that fast: the clock was set forward.
    if (rate > MOST_RATE) this.first = this.last;
    else this.rate = Math.abs(rate - 1) < 0.05 ? 1 : rate;
    if (passed > 60_000) this.first = this.last;
  }

  at(local: number): Instant | null {
    return this.last && this.last.server + (local - this.last.local) * this.rate;
  }
}

import { ServerTime } from "./servertime.ts";
import type { Instant } from "./zone.ts";

const heard = new ServerTime();
let now = $state<Instant | null>(null);

/** Server time, ticking once a second; null until the server has told it. */
export const serverClock = {
  get now(): Instant | null {
    return now;
  },
  hear(at: string): void {
    heard.hear(Date.parse(at), performance.now());
    now = heard.at(performance.now());
  },
};

setInterval(() => {
  now = heard.at(performance.now());
}, 1000);

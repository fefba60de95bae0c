import { ServerTime } from "./serverTime.ts";
import type { Instant } from "./zone.ts";

const time = new ServerTime();
let now = $state<Instant | null>(null);

/** Server time, updated once a second; null until the server has sent it. */
export const serverClock = {
  get now(): Instant | null {
    return now;
  },
  sync(at: string): void {
    time.sync(Date.parse(at), performance.now());
    now = time.at(performance.now());
  },
};

setInterval(() => {
  now = time.at(performance.now());
}, 1000);

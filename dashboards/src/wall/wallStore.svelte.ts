/** Open alerts of all buildings for the wall, asked for again and again, and how old they are. */
import { errorText, get } from "../api.ts";
import type { SiteAlert } from "../now/otherSiteAlerts.svelte.ts";
import { serverClock } from "../serverClock.svelte.ts";
import type { Instant } from "../zone.ts";

const EVERY_MS = 5_000;
/** An answer that takes longer counts as none. */
const WITHIN_MS = 8_000;
/** The line counts as cut once the last answer is so old. */
const CUT_MS = 15_000;

export class WallStore {
  items = $state.raw<SiteAlert[] | null>(null);
  /** When they were so, in server time. */
  at = $state<Instant | null>(null);
  /** Whether they may be old. */
  cut = $state(false);
  /** Why the last answer did not come. */
  fault = $state("");

  /** Asks until the function that it returns is called. */
  watch(): () => void {
    let next: ReturnType<typeof setTimeout> | undefined;
    let heard = performance.now();
    let stopped = false;
    const ask = async () => {
      try {
        this.items = (await get<{ items: SiteAlert[] }>("/alerts", {}, AbortSignal.timeout(WITHIN_MS))).items;
        this.at = serverClock.now;
        heard = performance.now();
        this.fault = "";
      } catch (thrown) {
        this.fault = errorText(thrown);
      }
      if (!stopped) next = setTimeout(ask, EVERY_MS);
    };
    const look = setInterval(() => (this.cut = performance.now() - heard > CUT_MS), 1_000);
    void ask();
    return () => {
      stopped = true;
      clearTimeout(next);
      clearInterval(look);
    };
  }
}

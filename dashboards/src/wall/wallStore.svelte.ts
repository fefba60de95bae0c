/** Open alerts of all buildings for the wall, asked for again and again, and how old they are. */
import { errorText, get, getAll, Refusal } from "../api.ts";
import type { Site } from "../model.ts";
import type { SiteAlert } from "../now/otherSiteAlerts.svelte.ts";
import { serverClock } from "../serverClock.svelte.ts";
import type { Instant } from "../zone.ts";

const EVERY_MS = 5_000;
/** An answer that takes longer counts as none. */
const WITHIN_MS = 8_000;
/** The line counts as cut once the last answer is so old. */
const CUT_MS = 15_000;
/** So often it is asked which buildings there are. */
const LIST_MS = 300_000;

export class WallStore {
  items = $state.raw<SiteAlert[] | null>(null);
  /** When they were so, in server time. */
  at = $state<Instant | null>(null);
  /** Whether they may be old. */
  cut = $state(false);
  /** Why the last answer did not come. */
  fault = $state("");
  /** The user may not see them, or no more: nothing more is asked. */
  refused = $state(false);
  /** How many buildings have alerts that are switched off. */
  off = $state(0);
  /** The buildings as they were minutes ago; null before the list has been asked for again. */
  sites = $state.raw<Site[] | null>(null);

  /** Asks until the function that it returns is called. */
  watch(): () => void {
    let next: ReturnType<typeof setTimeout> | undefined;
    let heard = performance.now();
    let listed = performance.now();
    let stopped = false;
    const list = () => {
      listed = performance.now();
      getAll<Site>("/sites", {}, AbortSignal.timeout(WITHIN_MS)).then((found) => (this.sites = found), () => {});
    };
    const ask = async () => {
      try {
        const found = await get<{ items: SiteAlert[]; switched_off: Record<string, string[]> }>("/alerts", {}, AbortSignal.timeout(WITHIN_MS));
        this.items = found.items;
        this.off = Object.keys(found.switched_off).length;
        this.at = serverClock.now;
        heard = performance.now();
        this.fault = "";
      } catch (thrown) {
        this.fault = errorText(thrown);
        this.refused = thrown instanceof Refusal && thrown.status === 403;
      }
      if (this.refused) {
        clearInterval(look);
        this.items = null;
        this.cut = false;
      }
      if (stopped || this.refused) return;
      if (performance.now() - listed > LIST_MS) list();
      next = setTimeout(ask, EVERY_MS);
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

/** The rows of the table, asked for again and again while the page is seen, and how old they are. */
import { errorText, get, Refusal } from "../api.ts";
import { serverClock } from "../serverClock.svelte.ts";
import type { Instant } from "../zone.ts";
import type { BackupState, SiteSummary } from "./allSites.ts";

const EVERY_MS = 15_000;
/** An answer that takes longer counts as none. */
const WITHIN_MS = 12_000;
const CUT_MS = 3 * EVERY_MS;

export class AllSitesStore {
  items = $state.raw<SiteSummary[] | null>(null);
  /** Of the controller; null where none are set up. */
  backup = $state.raw<BackupState | null>(null);
  /** When they were so, in server time. */
  at = $state<Instant>(0);
  /** Why the last answer did not come. */
  fault = $state("");
  /** The user may not see them, or no more. */
  refused = $state(false);
  /** "asking": they are old, since the page was not seen, and are asked for. "cut": there is no answer. */
  age = $state<"live" | "asking" | "cut">("live");
  private heard = performance.now();
  private seen = performance.now();
  private asking = false;

  private look = () => {
    const now = performance.now();
    this.age = now - this.heard <= CUT_MS ? "live" : !this.fault && now - this.seen <= WITHIN_MS ? "asking" : "cut";
  };

  fetch = async () => {
    if (this.asking || this.refused || document.visibilityState !== "visible") return;
    this.asking = true;
    try {
      this.items = await this.all(AbortSignal.timeout(WITHIN_MS));
      this.at = serverClock.now ?? 0;
      this.heard = performance.now();
      this.fault = "";
    } catch (thrown) {
      this.fault = errorText(thrown);
      this.refused = thrown instanceof Refusal && thrown.status === 403;
      if (this.refused) this.items = null;
    }
    this.asking = false;
    this.look();
  };

  private async all(signal: AbortSignal): Promise<SiteSummary[]> {
    const items: SiteSummary[] = [];
    let after = "";
    do {
      const page = await get<{ items: SiteSummary[]; next: string | null; backup: BackupState | null }>("/estate", { limit: "200", ...(after && { after }) }, signal);
      items.push(...page.items);
      this.backup = page.backup;
      after = page.next ?? "";
    } while (after);
    return items;
  }

  /** Asks until the function that it returns is called. */
  watch(): () => void {
    const show = () => {
      if (document.visibilityState !== "visible") return;
      this.seen = performance.now();
      this.look();
      void this.fetch();
    };
    const next = setInterval(this.fetch, EVERY_MS);
    const looking = setInterval(() => document.visibilityState === "visible" && this.look(), 1_000);
    document.addEventListener("visibilitychange", show);
    show();
    return () => {
      clearInterval(next);
      clearInterval(looking);
      document.removeEventListener("visibilitychange", show);
    };
  }
}

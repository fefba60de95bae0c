/** Alerts of all buildings, polled while the page is visible. */
import { get } from "../api.ts";
import { session } from "../session.svelte.ts";
import { notices } from "../notices.svelte.ts";

export interface SiteAlert {
  site: string;
  site_name: string;
  kind: string;
  severity: "danger" | "serious" | "minor";
  about: string;
  at: string | null;
  text: string;
  over_since: string | null;
  acknowledged_at: string | null;
  snoozed_until: string | null;
}

const EVERY_MS = 15_000;

/** Whether it still needs somebody: it holds, nobody has seen it, and it is not snoozed. */
const calls = (one: SiteAlert) => !one.over_since && !one.acknowledged_at && !(one.snoozed_until && Date.parse(one.snoozed_until) > Date.now());

let items = $state.raw<SiteAlert[]>([]);
let off = $state.raw<Record<string, string[]>>({});
let known: ReadonlySet<string> = new Set();

async function poll(): Promise<void> {
  if (!session.can("live") || session.state !== "in" || document.visibilityState !== "visible") return;
  const found = await get<{ items: SiteAlert[]; switched_off: Record<string, string[]> }>("/alerts").catch(() => null);
  if (!found) return;
  const keys = new Map(found.items.map((one) => [`${one.site} ${one.kind} ${one.text}`, one]));
  const fresh = [...keys].filter(([key]) => !known.has(key));
  known = new Set(keys.keys());
  items = found.items;
  off = found.switched_off;
  if (fresh.length) notices.alert(fresh.map(([, one]) => `${one.site_name}: ${one.text}.`).join(" "));
}

export const otherSiteAlerts = {
  /** Those of other buildings: the one that is shown has its own live alerts. */
  except(site: string): SiteAlert[] {
    return items.filter((one) => one.site !== site && calls(one));
  },
  /** Codes that a building does without. */
  off: (site: string): readonly string[] => off[site] ?? [],
  /** Polls until the function that it returns is called. */
  watch(): () => void {
    const timer = setInterval(poll, EVERY_MS);
    document.addEventListener("visibilitychange", poll);
    void poll();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", poll);
    };
  },
};

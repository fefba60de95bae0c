/** What needs somebody at any building, asked for again and again while the page is looked at. */
import { get } from "../api.ts";
import { session } from "../session.svelte.ts";
import { voice } from "../voice.svelte.ts";

export interface Need {
  site: string;
  site_name: string;
  kind: string;
  at: string | null;
  text: string;
}

const EVERY_MS = 15_000;

let items = $state.raw<Need[]>([]);
let known: ReadonlySet<string> = new Set();

async function look(): Promise<void> {
  if (!session.tends || session.state !== "in" || document.visibilityState !== "visible") return;
  const found = await get<{ items: Need[] }>("/alerts").catch(() => null);
  if (!found) return;
  const keys = new Map(found.items.map((one) => [`${one.site} ${one.kind} ${one.text}`, one]));
  const fresh = [...keys].filter(([key]) => !known.has(key));
  known = new Set(keys.keys());
  items = found.items;
  if (fresh.length) voice.alert(fresh.map(([, one]) => `${one.site_name}: ${one.text}.`).join(" "));
}

export const needs = {
  /** At the other buildings: one that is on show tells for itself, and sooner. */
  elsewhere(site: string): Need[] {
    return items.filter((one) => one.site !== site);
  },
  /** Looks again and again, until what this gives is called. */
  watch(): () => void {
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
    void look();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  },
};

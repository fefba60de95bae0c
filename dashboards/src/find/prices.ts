/** What spaces that were found cost, each asked once while the page is open. */
import { send } from "../api.ts";
import type { SeriesCheck } from "../diary/series.ts";

export interface Quote {
  text: string;
  total_pence: number | null;
}

const known = new Map<string, Promise<Quote | null>>();
const KEPT_MS = 60_000;
const PRICED = ["space", "layout", "party", "people", "equipment"];

/** The price of a request, or of the dates of a series that can be booked; null if none of these can. */
export function priceOf(site: string, request: object): Promise<Quote | null> {
  const key = `${site} ${JSON.stringify(request)}`;
  const found = known.get(key) ?? ask(site, request);
  known.set(key, found);
  found.catch(() => known.delete(key));
  setTimeout(() => known.delete(key), KEPT_MS);
  return found;
}

async function ask(site: string, request: object): Promise<Quote | null> {
  const of = Object.fromEntries(Object.entries(request).filter(([name]) => PRICED.includes(name)));
  if (!("first_starts" in request)) {
    const { starts, ends } = request as { starts: string; ends: string };
    return send<Quote>("POST", `/sites/${site}/quote`, { ...of, starts, ends });
  }
  const { dates } = await send<SeriesCheck>("POST", `/sites/${site}/series/check`, { ...request, title: "-", otherwise: "skip" });
  const booked = dates.flatMap(({ effect, starts, ends }) => (effect === "book" && starts && ends ? [{ starts, ends }] : []));
  return booked.length ? send<Quote>("POST", `/sites/${site}/quote`, { ...of, dates: booked }) : null;
}

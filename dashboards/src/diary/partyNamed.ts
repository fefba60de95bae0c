/** Which party a typed name means. */
import { get } from "../api.ts";

export interface Named {
  id: string;
  name: string;
}

const MOST = "20";

export const partiesLike = (search: string, signal?: AbortSignal): Promise<{ items: Named[] }> => get("/parties", { search, ended: "false", limit: MOST }, signal);

/** The id of the party of exactly this name among `items`; empty for none. */
export function idOf(name: string, items: readonly Named[]): string {
  const wanted = name.trim().toLowerCase();
  return items.find((one) => one.name.toLowerCase() === wanted)?.id ?? "";
}

/** The chosen party; where none is chosen yet, the one of the typed name. A form that is sent before its list is there asks this. */
export async function partyNamed(party: string, name: string): Promise<string> {
  if (party || !name.trim()) return party;
  return idOf(name, (await partiesLike(name.trim()).catch(() => ({ items: [] }))).items);
}

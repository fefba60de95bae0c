/** What the groups and people are called that the rules and prices of a building name. */
import { get } from "../api.ts";
import type { Named } from "../diary/partyNamed.ts";

const names = $state<Record<string, string>>({});

/** Its id, as long as its name is not known. */
export const partyCalled = (id: string): string => names[id] ?? id;

export function partyIsCalled(id: string, name: string): void {
  names[id] = name;
}

/** Asks what all parties are called that the lists of a document name; who is gone, or not to be seen, keeps the id. */
export async function learnParties(document: object): Promise<void> {
  const listed = Object.values(document).filter(Array.isArray).flat() as { parties?: string[] }[];
  const ids = new Set(listed.flatMap((one) => one.parties ?? []));
  const learn = async (id: string) => partyIsCalled(id, (await get<Named>(`/parties/${encodeURIComponent(id)}`)).name);
  await Promise.allSettled([...ids].filter((id) => !(id in names)).map(learn));
}

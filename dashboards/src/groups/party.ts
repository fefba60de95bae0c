/** Parties as the API has them, and their words. */
import { send } from "../api.ts";

export interface Party {
  id: string;
  kind: string;
  name: string;
  tier: string | null;
  counts_as: string;
  organisation: string | null;
  responsible: string | null;
  site: string | null;
  contact_name: string;
  contact_phone: string;
  contact_email: string;
  notes: string;
  one_off: boolean;
  ended: boolean;
  forgotten_at: string | null;
  version: number;
}

interface Option {
  value: string;
  words: string;
}

export const KINDS: readonly Option[] = [
  { value: "group", words: "Group" },
  { value: "organisation", words: "Organisation" },
  { value: "person", words: "Person" },
];
export const TIERS: readonly Option[] = [
  { value: "community", words: "Community group" },
  { value: "partner", words: "Partner" },
  { value: "council", words: "Council service" },
  { value: "commercial", words: "Business" },
];
export const wordOf = (options: readonly Option[], value: string) => options.find((one) => one.value === value)?.words ?? value;

/** Writes a party with `change`, on top of what it is now. */
export function putParty(party: Party, change: Partial<Party>): Promise<Party> {
  const { kind, name, tier, organisation, responsible, site, contact_name, contact_phone, contact_email, notes, one_off, ended, version } = { ...party, ...change };
  const body = { kind, name, tier, organisation, responsible, site, contact_name, contact_phone, contact_email, notes, one_off, ended, version };
  return send("PUT", `/parties/${party.id}`, body);
}

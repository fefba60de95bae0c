/** A form's assignment, and what the API takes of it. */
import { parseDay } from "../dateTimeInput.ts";
import type { Day } from "../zone.ts";
import type { Role } from "./roles.ts";

export interface AssignmentDraft {
  role: Role;
  /** Empty for all. */
  site: string;
  party: string;
  partyName: string;
  from: string;
  until: string;
}

export interface AssignmentBody {
  role: Role;
  site: string | null;
  party: string | null;
  from_at: string | null;
  until_at: string | null;
}

/** The body, or what is wrong with the fields, by their names in the API. `ofParty`: the role is held for a party. */
export function assignmentBody(
  draft: AssignmentDraft,
  today: Day,
  ofParty: boolean,
): { body: AssignmentBody; errors: null } | { body: null; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const read = (name: string, text: string) => {
    const day = text.trim() ? parseDay(text, today, "next") : null;
    if (text.trim() && !day) errors[name] = "Type a day, such as 31/3/2027.";
    return day;
  };
  const [from_at, until_at] = [read("from_at", draft.from), read("until_at", draft.until)];
  if (ofParty && !draft.party) errors.party = "Choose the group from the list, or make a new one.";
  if (from_at && until_at && until_at < from_at) errors.until_at = "Must not be before the first day.";
  if (Object.keys(errors).length) return { body: null, errors };
  const party = ofParty ? draft.party : null;
  return { body: { role: draft.role, site: draft.site || null, party, from_at, until_at }, errors: null };
}

/** `assignments.0.site` -> `site` */
export function ownNames(errors: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).map(([name, text]) => [name.replace(/^assignments\.\d+\./, ""), text]));
}

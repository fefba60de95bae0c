/** People with cards and codes of their own: their fields in words, and forms as bodies. Pure. */
import { parseClock, parseDay } from "../dateTimeInput.ts";
import { plural } from "../language.ts";
import { clockOf, type Day, fieldDay, shortDay } from "../zone.ts";

export const KINDS = [
  { value: "staff", words: "Staff" },
  { value: "key_holder", words: "Key holder" },
  { value: "contractor", words: "Contractor" },
] as const;
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Weekday = (typeof DAYS)[number];

export interface Place {
  site: string;
  doors: string[];
}
export interface WeekHours {
  days: Weekday[];
  since: string;
  until: string;
}
export interface Holder {
  id: string;
  kind: "staff" | "key_holder" | "contractor";
  name: string;
  places: Place[];
  first: Day;
  last: Day | null;
  hours: WeekHours[];
  hold_s: number | null;
  has: string[];
  changed_at: string;
  changed_by: string;
  ended_at: string | null;
  ended_reason: string;
  version: number;
}
export interface Secrets {
  code: string;
  spoken: string;
  card: string;
  pin: string;
  duress_code: string;
  duress_pin: string;
}
export interface Given {
  holder: Holder;
  secrets: Secrets;
}

/** As the form has it: days and times as typed. */
export interface Draft {
  kind: Holder["kind"];
  name: string;
  places: Place[];
  first: string;
  last: string;
  hours: WeekHours[];
  hold: string;
}

export function draftOf(holder: Holder | null, site: string, today: Day): Draft {
  if (!holder) return { kind: "key_holder", name: "", places: [{ site, doors: [] }], first: fieldDay(today), last: "", hours: [], hold: "" };
  const { kind, name, places, first, last, hours, hold_s } = holder;
  return { kind, name, places, first: fieldDay(first), last: last ? fieldDay(last) : "", hours, hold: hold_s === null ? "" : String(hold_s) };
}

const DAY_LIKE = "Type a day like 26/11/2026.";

/** What the API takes; `errors` by its fields, in place of a body that it would refuse. */
export function bodyOf(draft: Draft, today: Day): { body: object; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const first = parseDay(draft.first, today);
  const last = draft.last.trim() ? parseDay(draft.last, today) : null;
  if (!draft.name.trim()) errors.name = "Say who it is.";
  if (!first) errors.first = DAY_LIKE;
  if (draft.last.trim() && !last) errors.last = DAY_LIKE;
  else if (first && last && last < first) errors.last = "The last day is before the first.";
  else if (!last && draft.kind === "contractor") errors.last = "A contractor needs a last day.";
  if (!draft.places.length) errors.places = "Choose where they get in.";
  const hold_s = draft.hold.trim() ? Number(draft.hold) : null;
  if (hold_s !== null && !(hold_s >= 1 && hold_s <= 300)) errors.hold_s = "Type a number of seconds from 1 to 300.";
  const hours = draft.hours.map((one, at) => {
    const [since, until] = [parseClock(one.since), parseClock(one.until)];
    if (since === null || until === null) errors[`hours.${at}`] = "Type times like 8:00 and 17:30.";
    else if (!one.days.length) errors[`hours.${at}`] = "Choose a day at least.";
    return { days: one.days, since: clockOf((since ?? 0) % 1440), until: clockOf((until ?? 0) % 1440) };
  });
  return { body: { kind: draft.kind, name: draft.name.trim(), places: draft.places, first, last, hours, hold_s }, errors };
}

const cap = (text: string) => text[0]!.toUpperCase() + text.slice(1);

/** "Mon to Fri 08:00 to 17:30" */
export function hoursText(hours: readonly WeekHours[]): string {
  if (!hours.length) return "At any hour";
  return hours.map((one) => `${daysText(one.days)} ${one.since} to ${one.until}`).join("; ");
}

function daysText(days: readonly Weekday[]): string {
  const at = days.map((day) => DAYS.indexOf(day)).sort((a, b) => a - b);
  const run = at.length > 2 && at.every((day, n) => day === at[0]! + n);
  const name = (day: number) => cap(DAYS[day]!);
  return run ? `${name(at[0]!)} to ${name(at.at(-1)!)}` : at.map(name).join(", ");
}

/** "From Thu 26 Nov", "Thu 26 Nov to Fri 4 Dec" */
export function daysOf(holder: Holder): string {
  const year = (day: Day) => `${shortDay(day)} ${day.slice(0, 4)}`;
  return holder.last ? `${year(holder.first)} to ${year(holder.last)}` : `From ${year(holder.first)}, no end`;
}

const HAS: Record<string, string> = { code: "a code", card: "a card", pin: "a PIN", duress_code: "a code under duress", duress_pin: "a PIN under duress" };

export function hasText(has: readonly string[]): string {
  return has.length ? cap(has.map((one) => HAS[one] ?? one).join(", ")) : "Nothing to open with";
}

/** Where somebody gets in: `doorsHere`, id to name, of the `site` that is looked at. */
export function placesText(places: readonly Place[], site: string, doorsHere: Record<string, string>, sites: Record<string, string>): string {
  return places
    .map((one) => {
      const doors = one.site === site ? one.doors.map((door) => doorsHere[door] ?? door).join(", ") : plural(one.doors.length, `${one.doors.length} door`, `${one.doors.length} doors`);
      return `${sites[one.site] ?? one.site}: ${one.doors.length ? doors : "all doors"}`;
    })
    .join("; ");
}

/** What stands in a manager's morning, and how it is said. Pure. */
import { plural } from "../language.ts";
import type { Impact, OnDoor, Reason, Status, WireBooking } from "../model.ts";
import { clock, dayOf, dayPlus, type Day, type Instant, shortDay, span } from "../zone.ts";

/** What a line needs of a booking. */
export interface Line {
  id: string;
  space: string;
  space_name: string;
  title: string;
  party: string | null;
  party_name: string | null;
  contact_name: string;
  contact_phone: string;
  contact_email: string;
  people: number | null;
  starts: string;
  ends: string;
  status: Status;
  why: string;
  series: string | null;
  warned_at: string | null;
  release_at: string | null;
  kept: string;
  on_door: OnDoor;
  affected_by: Impact[];
  actor: string;
  changed_by: string;
  created_at: string;
  changed_at: string;
  version: number;
  actions: string[];
}

/** `more`: how many bookings follow those that are named. */
export interface DoorDown {
  door: string;
  text: string;
  hint: string;
  bookings: Line[];
  more: number;
}

export interface DocumentHit {
  party: string;
  party_name: string;
  kind: string;
  name: string;
  until: Day | null;
  lapsed: boolean;
  holds: boolean;
  contact_name: string;
  contact_phone: string;
  contact_email: string;
  bookings: Line[];
  more: number;
}

export interface Call {
  id: string;
  text: string;
  name: string;
  phone: string;
  booking_id: string | null;
  due_at: string | null;
  made_by: string;
  tries: number;
  tried_at: string | null;
}

/** What somebody of a booking has reported as broken. */
export interface ProblemReport {
  id: string;
  booking_id: string;
  title: string;
  space_name: string;
  text: string;
  photo: boolean;
  contact_name: string;
  contact_phone: string;
  reported_at: string;
}

export type WireRequest = WireBooking & { reasons: Reason[] };

export interface Morning {
  now: string;
  since: string;
  until: string;
  requests: { items: WireRequest[]; next: string | null };
  late: Line[];
  unready: Line[];
  affected: Line[];
  doors: DoorDown[];
  documents: DocumentHit[];
  calls: Call[];
  problems: ProblemReport[];
  new: Line[];
  moved: Line[];
  cancelled: Line[];
  unused: Line[];
  next: Line | null;
  /** Keys of what the user has seen. */
  seen: string[];
}

export type What = "new" | "moved" | "cancelled";
export const WHAT_WORDS: Record<What, string> = { new: "New", moved: "Moved", cancelled: "Cancelled" };

/** Bookings of one series that changed alike are one item. */
export interface Change {
  key: string;
  what: What;
  first: Line;
  last: Line;
  count: number;
}

/** Changes by the start of their first date, those of one series that changed in the same way together. */
export function changes(found: Pick<Morning, What>): Change[] {
  const byKey = new Map<string, Change>();
  for (const what of ["new", "moved", "cancelled"] as const)
    for (const one of found[what]) {
      const group = `${what} ${one.series ?? one.id}`;
      const had = byKey.get(group);
      if (had) byKey.set(group, { ...had, last: one, count: had.count + 1, key: `${had.key} ${one.version}` });
      else byKey.set(group, { key: `${what} ${one.id} ${one.version}`, what, first: one, last: one, count: 1 });
    }
  return [...byKey.values()].sort((a, b) => Date.parse(a.first.starts) - Date.parse(b.first.starts));
}

/** By what somebody has seen it: a change of the booking is something new. */
export function unusedKey(one: Line): string {
  return `unused ${one.id} ${one.version}`;
}

/** By what somebody has asked for it: another end is something new. */
export function documentKey(one: DocumentHit): string {
  return `document ${one.party} ${one.kind} ${one.until ?? "none"}`;
}

/** "Today", "Tomorrow", "Yesterday", "Thu 26 Nov" */
export function dayText(at: Instant, zone: string, now: Instant): string {
  const [day, today] = [dayOf(at, zone), dayOf(now, zone)];
  if (day === today) return "Today";
  if (day === dayPlus(today, 1)) return "Tomorrow";
  return day === dayPlus(today, -1) ? "Yesterday" : shortDay(day);
}

/** "Today, 18:00 to 20:00" */
export function whenText(one: { starts: string; ends: string }, zone: string, now: Instant): string {
  const from = Date.parse(one.starts);
  return `${dayText(from, zone, now)}, ${span(from, Date.parse(one.ends), zone)}`;
}

/** "yesterday 18:00", "Fri 20 Nov 18:00": in the middle of a sentence. */
export function sinceText(at: string, zone: string, now: Instant): string {
  const instant = Date.parse(at);
  const day = dayText(instant, zone, now);
  return `${/ /.test(day) ? day : day.toLowerCase()} ${clock(instant, zone)}`;
}

/** Who booked: the party and whom to ring there. */
export function whoText(one: { title: string; party_name: string | null; contact_name: string | null }): string {
  return [...new Set([one.party_name, one.contact_name])].filter((name) => name && name !== one.title).join(", ");
}

/** With a capital letter first. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A number as a telephone dials it. */
export function dial(phone: string): string {
  return phone.replace(/^(\s*\+.*?)\(0\)/, "$1").replace(/[^\d+]/g, "");
}

/** How long nobody has come, and what becomes of it: "began at 18:00, nobody has come; cancelled if nobody arrives by 18:30". */
export function lateText(one: Line, zone: string): string {
  const back = one.release_at && !one.kept ? `; cancelled if nobody arrives by ${clock(Date.parse(one.release_at), zone)}` : "";
  return `Began at ${clock(Date.parse(one.starts), zone)}, nobody has come${back}.`;
}

/** "ended on Wed 25 Nov", "is missing". */
export function lapseText(one: DocumentHit, today: Day): string {
  if (one.until === null) return `${one.name} is missing`;
  return `${one.name} ${one.until < today ? "ended" : "ends"} on ${shortDay(one.until)}`;
}

/** A mail that asks for a document. */
export function askingMail(one: DocumentHit, site: string, today: Day): string {
  const subject = `${one.name} of ${one.party_name}`;
  const need = one.until === null ? `We have no ${one.name} of ${one.party_name} yet` : `The ${one.name} of ${one.party_name} that we have ${one.until < today ? "ended" : "ends"} on ${shortDay(one.until)}`;
  const body = `Hello${one.contact_name ? ` ${one.contact_name}` : ""},\n\n${need}. Please send us the current one before your next booking.\n\n${site}\n`;
  return `mailto:${encodeURIComponent(one.contact_email)}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
}

/** "by you, yesterday 19:12": who changed it, and when. */
export function byText({ what, first }: Change, user: string, zone: string, now: Instant): string {
  const [by, at] = what === "new" ? [first.actor, first.created_at] : [first.changed_by, first.changed_at];
  return `${by ? `by ${by === user ? "you" : by}, ` : ""}${sinceText(at, zone, now)}`;
}

/** By when to ring and for whom, and how often nobody answered. */
export function callLines(one: Call, zone: string, now: Instant): string[] {
  const due = [one.due_at ? `by ${sinceText(one.due_at, zone, now)}` : "", one.made_by ? `asked for by ${one.made_by}` : ""];
  const times = plural(one.tries, "once", `${one.tries} times`);
  return [
    due.filter(Boolean).join(" · "),
    one.tried_at ? `Nobody answered ${times}, last ${sinceText(one.tried_at, zone, now)}.` : "",
    one.phone ? "" : "No number is known.",
  ];
}

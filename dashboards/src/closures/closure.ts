/** What is closed, as it is listed and typed. Pure. */
import type { SiteDetail, Space, WireBooking } from "../model.ts";
import { clockOf, type Day, dayOf, dayPlus, dayStart, fieldDay, type Instant, minutesOf, shortDay, span } from "../zone.ts";

/** As typed. `what`: empty for the whole building, "space:hall" or "door:front-door". */
export interface ClosureValues {
  what: string;
  hours: boolean;
  from: string;
  to: string;
  fromTime: string;
  toTime: string;
  reason: string;
  /** What everybody may read instead of the reason. */
  words: string;
  /** The closure, or the override of a door, that it is a change of. */
  replaces: string;
}

export const EMPTY: ClosureValues = { what: "", hours: false, from: "", to: "", fromTime: "", toTime: "", reason: "", words: "", replaces: "" };

export interface WireClosure {
  id: string;
  reason: string;
  public_words: string;
  spaces: string[];
  first: Day | null;
  last: Day | null;
  starts: string;
  ends: string;
  actor: string;
}

export interface WireOverride {
  id: string;
  kind: string;
  reason: string;
  starts: string;
  ends: string;
  actor: string;
  stands: boolean;
  doors: { door: string; name: string }[];
}

/** Doors out of service behind which `count` bookings have no way in; `bookings`: the next of them. */
export interface WireShutDoors {
  override: string;
  count: number;
  bookings: WireBooking[];
}

/** A closure as it is listed. `open`: the next bookings in it that nobody has decided on, of a door those that have no
 * way in; `waiting`: how many there are. */
export interface Listed {
  id: string;
  kind: "closure" | "door";
  name: string;
  reason: string;
  from: Instant;
  to: Instant;
  when: string;
  actor: string;
  values: ClosureValues;
  open: WireBooking[];
  waiting: number;
}

/** "Thu 24 Dec", "Thu 24 Dec to Sun 27 Dec", "Thu 26 Nov, 18:00 to Fri 27 Nov 02:00" */
export function periodText(from: Instant, to: Instant, zone: string): string {
  const [first, last] = [dayOf(from, zone), dayOf(to - 1, zone)];
  if (from === dayStart(first, zone) && to === dayStart(dayPlus(last, 1), zone)) {
    return first === last ? shortDay(first) : `${shortDay(first)} to ${shortDay(last)}`;
  }
  return `${shortDay(first)}, ${span(from, to, zone)}`;
}

/** What a value of the field stands for. */
export function nameOf(what: string, site: SiteDetail): string {
  const [kind, id] = what.split(":");
  const found = kind === "space" ? site.spaces.find((one) => one.id === id) : site.doors.find((one) => one.id === id);
  return kind ? (found?.name ?? id ?? "") : "Whole building";
}

/** Closures and closed doors, by start. */
export function listed(
  site: SiteDetail,
  closures: readonly WireClosure[],
  overrides: readonly WireOverride[],
  affected: readonly WireBooking[],
  shut: readonly WireShutDoors[],
): Listed[] {
  const { zone } = site;
  const at = (starts: string, ends: string) => {
    const [from, to] = [Date.parse(starts), Date.parse(ends)];
    const fields = { from: fieldDay(dayOf(from, zone)), to: fieldDay(dayOf(to, zone)), fromTime: clockOf(minutesOf(from, zone)), toTime: clockOf(minutesOf(to, zone)) };
    return { from, to, when: periodText(from, to, zone), fields };
  };
  const rooms = closures.map((one): Listed => {
    const { fields, ...period } = at(one.starts, one.ends);
    const what = one.spaces.length ? one.spaces.map((each) => `space:${each}`).join(" ") : "";
    const days = one.first && one.last ? { from: fieldDay(one.first), to: fieldDay(one.last), hours: false } : { hours: true };
    const open = affected.filter((each) => isIn(each, one, site.spaces));
    const name = one.spaces.length ? one.spaces.map((each) => nameOf(`space:${each}`, site)).join(", ") : "Whole building";
    const values = { ...EMPTY, ...fields, ...days, what, reason: one.reason, words: one.public_words, replaces: one.id };
    return { id: one.id, kind: "closure", name, reason: one.reason, actor: one.actor, open, waiting: open.length, values, ...period };
  });
  const doors = overrides.filter((one) => one.kind === "out_of_service" && one.stands).map((one): Listed => {
    const { fields, ...period } = at(one.starts, one.ends);
    const values = { ...EMPTY, ...fields, hours: true, what: one.doors.length === 1 ? `door:${one.doors[0]!.door}` : "", reason: one.reason, replaces: one.id };
    const behind = shut.find(({ override }) => override === one.id);
    const open = { open: behind?.bookings ?? [], waiting: behind?.count ?? 0 };
    return { id: one.id, kind: "door", name: one.doors.map((each) => each.name).join(", "), reason: one.reason, actor: one.actor, values, ...open, ...period };
  });
  return [...rooms, ...doors].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Whether one form can change it: it closes the building, one room or one door. */
export function isEditable(one: Listed): boolean {
  return !one.values.what.includes(" ") && (one.kind === "closure" || one.values.what !== "");
}

function isIn(booking: WireBooking, closure: WireClosure, spaces: readonly Space[]): boolean {
  const meets = Date.parse(booking.starts) < Date.parse(closure.ends) && Date.parse(closure.starts) < Date.parse(booking.ends);
  return meets && (!closure.spaces.length || closure.spaces.some((each) => share(each, booking.space, spaces)));
}

/** Whether two spaces have a part in common. */
export function share(one: string, other: string, spaces: readonly Space[]): boolean {
  const atoms = (id: string): string[] => {
    const parts = spaces.find((each) => each.id === id)?.parts ?? [];
    return parts.length ? parts.flatMap(atoms) : [id];
  };
  const mine = new Set(atoms(one));
  return atoms(other).some((each) => mine.has(each));
}

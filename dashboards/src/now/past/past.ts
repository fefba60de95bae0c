/** A building as it was: what the API sends of a past time, and how it was at one moment of it. Pure. */
import { valueText } from "../../buildings/sensors.ts";
import { clock, type Day, dayOf, dayPlus, dayStart, HOUR, type Instant, MINUTE, shortDay, span } from "../../zone.ts";

interface Span {
  starts: string;
  ends: string;
}

export interface DoorSpell {
  starts: string;
  /** Whether all that its edge reported of that time is stored. */
  known: boolean;
  contact: "open" | "closed" | "unknown";
  lock: "locked" | "unlocked" | "unknown";
  /** What moved the lock. */
  why: string | null;
  alarm: "forced" | "held" | "glass" | null;
  faults: string[];
}

export interface People {
  at: string;
  people: number;
  low: number;
  high: number;
  counted: boolean;
}

export interface Gap extends Span {
  why: "not_running" | "away" | "not_yet" | "lost";
}

interface Measured {
  /** The room or zone, and as it is called; empty for none. */
  place: string;
  name: string;
  device: string;
  edge: string;
  kind: string;
}

export interface Rooms {
  /** What is yes or no, each from its start until the next; null where it is not known. */
  states: (Measured & { spells: { starts: string; on: boolean | null }[] })[];
  /** The mean of every five minutes; null where nothing is known. */
  numbers: (Measured & { unit: string; starts: string; values: (number | null)[] })[];
  left_out: boolean;
}

export interface Past extends Span {
  modes: (Span & { mode: string })[];
  edges: { id: string; name: string; gaps: Gap[]; away: Span[] }[];
  doors: { id: string; edge: string; name: string; spells: DoorSpell[] }[];
  fires: (Span & { edge: string; state: "active" | "latched" })[];
  orders: (Span & { door: string; kind: string })[];
  rooms: Rooms;
  alerts_cut: boolean;
  alerts: { kind: string; severity: string; text: string; starts: string; ends: string | null; over_since: string | null }[];
  people: People[];
  capacity: number | null;
}

export type EdgeThen = { name: string; gap: Gap | null; away: Span | null };
/** `held`: what else held there, such as a fire or an order, in words. */
export type DoorThen = { id: string; name: string; spell: DoorSpell; gap: Gap | null; edge: string; held: string[] };
export type RoomThen = { place: string; name: string; said: { key: string; text: string; known: boolean }[] };

export interface Then {
  mode: string | null;
  people: People | null;
  doors: DoorThen[];
  edges: EdgeThen[];
  alerts: Past["alerts"];
}

export const PEOPLE_EVERY = 5 * MINUTE;
/** How many days back can be chosen. */
export const DAYS_BACK = 30;

const during = (one: Span, at: Instant) => Date.parse(one.starts) <= at && at < Date.parse(one.ends);

/** How it was at a moment, which is clipped to the time that is known. */
export function thenAt(past: Past, moment: Instant): Then {
  const at = Math.min(moment, Date.parse(past.ends) - 1);
  const near = past.people.filter((one) => Math.abs(Date.parse(one.at) - at) <= PEOPLE_EVERY);
  const gapOf = (edge: string) => past.edges.find((one) => one.id === edge)?.gaps.find((gap) => during(gap, at)) ?? null;
  return {
    mode: past.modes.find((one) => during(one, at))?.mode ?? null,
    people: near.sort((a, b) => Math.abs(Date.parse(a.at) - at) - Math.abs(Date.parse(b.at) - at))[0] ?? null,
    doors: past.doors.map(({ id, name, edge, spells }) => ({
      id,
      name,
      edge: past.edges.find((one) => one.id === edge)?.name ?? edge,
      spell: spells.findLast((one) => Date.parse(one.starts) <= at) ?? spells[0]!,
      gap: gapOf(edge),
      held: [
        ...past.fires.filter((one) => one.edge === edge && during(one, at)).map((one) => FIRES[one.state]),
        ...past.orders.filter((one) => one.door === id && during(one, at)).map((one) => ORDERS[one.kind] ?? one.kind),
      ],
    })),
    edges: past.edges.map(({ name, id, away }) => ({ name, gap: gapOf(id), away: away.find((one) => during(one, at)) ?? null })),
    alerts: past.alerts.filter((one) => Date.parse(one.starts) <= at && (!one.ends || at < Date.parse(one.ends))),
  };
}

const FIRES = /* words */ {
  active: "Fire alarm",
  latched: "The fire alarm was reset, and the doors were still as in a fire",
} as const;
const ORDERS: Record<string, string> = /* words */ {
  hold_open: "Held open by order",
  lock_down: "Locked down by order",
  out_of_service: "Out of service by order",
};
const NOT_KNOWN: Record<string, string> = /* words */ {
  motion: "Movement not known",
  presence: "Not known if somebody was there",
  open: "Not known if open",
  leak: "Not known if there was a leak",
  smoke: "Not known if there was smoke",
  stations: "WiFi devices not known",
};

/** What was measured in each room at a moment, by name; what is in no room comes last. */
export function roomsAt({ rooms, ends }: Past, moment: Instant): RoomThen[] {
  const at = Math.min(moment, Date.parse(ends) - 1);
  const found = new Map<string, RoomThen>();
  const say = (one: Measured, value: number | null, unit: string) => {
    const room = found.get(one.place) ?? { place: one.place, name: one.name, said: [] };
    found.set(one.place, room);
    const text =
      value === null
        ? (NOT_KNOWN[one.kind] ?? `${valueText({ kind: one.kind, value: 0, unit: "", at: "" }).replace(/ 0$/, "")} not known`)
        : one.kind === "stations"
          ? `${Math.round(value)} devices on the WiFi`
          : valueText({ kind: one.kind, value, unit, at: "" });
    room.said.push({ key: `${one.edge} ${one.device} ${one.kind}`, text, known: value !== null });
  };
  for (const one of rooms.states) {
    const on = one.spells.findLast((spell) => Date.parse(spell.starts) <= at)?.on ?? null;
    say(one, on === null ? null : Number(on), "");
  }
  for (const one of rooms.numbers) say(one, one.values[Math.floor((at - Date.parse(one.starts)) / PEOPLE_EVERY)] ?? null, one.unit);
  return [...found.values()].sort((a, b) => Number(!a.place) - Number(!b.place) || a.name.localeCompare(b.name));
}

/** "Sat 28 Nov 14:05"; of an hour that comes twice the second one says so. */
export function thenText(at: Instant, zone: string): string {
  const text = `${shortDay(dayOf(at, zone))} ${clock(at, zone)}`;
  return clock(at - HOUR, zone) === clock(at, zone) ? `${text}, for the second time` : text;
}

/** Why nothing is known of an edge at that time. */
export function gapText(name: string, gap: Gap, zone: string, day: Day): string {
  const when = span(Date.parse(gap.starts), Date.parse(gap.ends), zone, day);
  return {
    not_running: `${name} was not running, ${when}`,
    away: `${name} is out of reach, and what happened from ${clock(Date.parse(gap.starts), zone)} on is still to come`,
    not_yet: `${name} had not reported yet`,
    lost: `What ${name} recorded is lost or has a wrong time, ${when}`,
  }[gap.why];
}

const UNLOCKED: Record<string, string> = /* words */ {
  schedule: "Open to all",
  grant: "Unlocked for somebody with a code, card or pass",
  command: "Unlocked by hand",
  exit: "Unlocked for somebody going out",
  fire: "Unlocked by a fire alarm",
  glass: "Unlocked by its break-glass unit",
};

/** "Locked", "Open to all", "Not known if locked". */
export function lockText(spell: DoorSpell): string {
  if (spell.lock === "unknown") return "Not known if locked";
  return spell.lock === "locked" ? "Locked" : (UNLOCKED[spell.why ?? ""] ?? "Unlocked");
}

/** Which time to ask for: a local day up to now, or without one the last 24 hours. */
export function wanted(day: Day, now: Instant, zone: string): { from: Instant; to: Instant } {
  if (!day) return { from: now - 24 * HOUR, to: now };
  return { from: dayStart(day, zone), to: Math.min(dayStart(dayPlus(day, 1), zone), now) };
}

/** The people curve in pieces without a gap, in which every counter worked. */
export function pieces(people: readonly People[]): People[][] {
  const found: People[][] = [];
  let last: People | undefined;
  for (const one of people) {
    if (one.counted) {
      const joins = last?.counted && Date.parse(one.at) - Date.parse(last.at) < 2 * PEOPLE_EVERY;
      if (!joins) found.push([]);
      found.at(-1)!.push(one);
    }
    last = one;
  }
  return found;
}

/** Full hours to mark, so many at most. */
export function marks(from: Instant, to: Instant, zone: string, most: number): { at: Instant; label: string }[] {
  const hours = (to - from) / HOUR;
  const every = [1, 2, 3, 4, 6, 12].find((one) => hours / one <= most) ?? 24;
  const found = [];
  for (let at = Math.ceil(from / (15 * MINUTE)) * 15 * MINUTE; at < to; at += 15 * MINUTE) {
    const label = clock(at, zone);
    if (label.endsWith(":00") && Number(label.slice(0, 2)) % every === 0) found.push({ at, label });
  }
  return found;
}

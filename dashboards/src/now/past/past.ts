/** A building as it was: what the API sends of a past time, and how it was at one moment of it. Pure. */
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

export interface Past extends Span {
  modes: (Span & { mode: string })[];
  edges: { id: string; name: string; gaps: Gap[]; away: Span[] }[];
  doors: { id: string; edge: string; name: string; spells: DoorSpell[] }[];
  alerts: { kind: string; severity: string; text: string; starts: string; ends: string | null; over_since: string | null }[];
  people: People[];
  capacity: number | null;
}

export type EdgeThen = { name: string; gap: Gap | null; away: Span | null };
export type DoorThen = { id: string; name: string; spell: DoorSpell; gap: Gap | null; edge: string };

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
    })),
    edges: past.edges.map(({ name, id, away }) => ({ name, gap: gapOf(id), away: away.find((one) => during(one, at)) ?? null })),
    alerts: past.alerts.filter((one) => Date.parse(one.starts) <= at && (!one.ends || at < Date.parse(one.ends))),
  };
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

/** The bookings of the user's own groups, in the order of the page. Pure. */
import { type Booking, isPending, type Status } from "../model.ts";
import type { Assignment } from "../session.svelte.ts";
import { dayOf, dayPlus, type Instant, minutesOf, momentText, shortDay, span, utcMidnight } from "../zone.ts";

export interface OwnBooking extends Booking {
  /** In full, where the user may see them. */
  codes: { code: string; doors: string[] }[];
  /** For doors that are offline; `text`: which door, and when it works. */
  offline_codes: { door: string; code: string; text: string }[];
  /** The page for those who come, a secret. */
  show_link: string;
  /** Whether its space can be reached without steps. */
  step_free: boolean;
}

/** What the user's group waits for. */
export interface Waits {
  id: string;
  site: string;
  site_name: string;
  space_names: string[];
  title: string;
  starts: string;
  ends: string;
  state: "waiting" | "offered";
  /** 1 for the next; null while it is on offer. */
  place: number | null;
}

/** Where somebody is on a waiting list. */
export function placeText(place: number): string {
  return place === 1 ? "You are next in line." : `You are number ${place} in line.`;
}

/** A single booking, or the dates of a series. */
export interface Entry {
  id: string;
  dates: OwnBooking[];
  /** Whether it is shown as a series. */
  many: boolean;
}

/** The parts of the page: the card of the next one, and the lists. */
export type Place = "next" | "coming" | "waiting" | "off";

/** Where a booking is while it is open, so that nothing that is typed into it is lost when its status changes. */
export interface Kept {
  id: string;
  place: Place;
  many: boolean;
}

export interface Arranged {
  /** The confirmed booking that is on, or comes next. */
  next: OwnBooking | null;
  coming: Entry[];
  /** What waits for a decision, offers first. */
  waiting: Entry[];
  /** What does not take place. */
  off: Entry[];
}

/** Whether its time is theirs and not over. */
export function isStanding({ status }: { status: Status }): boolean {
  return status === "confirmed" || status === "arrived";
}

/** `all`: by start. */
export function arrange(all: readonly OwnBooking[], now: Instant, kept: Kept | null = null): Arranged {
  const left = all.filter((one) => one.to > now);
  const standing = left.filter(isStanding);
  const next = standing.find((one) => kept?.place === "next" && one.id === kept.id) ?? standing[0] ?? null;
  const place = (one: OwnBooking): Place => {
    if (one.id === kept?.id && kept.place !== "next") return kept.place;
    if (one === next) return "next";
    return isStanding(one) ? "coming" : isPending(one) ? "waiting" : "off";
  };
  const of = (wanted: Place) => left.filter((one) => place(one) === wanted);
  const open = of("waiting");
  return {
    next,
    coming: bySeries(of("coming"), kept),
    waiting: bySeries([...open.filter((one) => one.offer), ...open.filter((one) => !one.offer)], kept),
    off: bySeries(of("off"), kept),
  };
}

/** Where a booking is on the page. */
export function placeOf(all: Arranged, id: string): Kept | null {
  for (const place of ["coming", "waiting", "off"] as const) {
    const entry = all[place].find(({ dates }) => dates.some((one) => one.id === id));
    if (entry) return { id, place, many: entry.many };
  }
  return all.next?.id === id ? { id, place: "next", many: false } : null;
}

/** One entry for each booking and each series, by its first date. */
function bySeries(all: readonly OwnBooking[], kept: Kept | null): Entry[] {
  const found = new Map<string, Entry>();
  for (const one of all) {
    const id = one.series ?? one.id;
    const entry = found.get(id) ?? { id, dates: [], many: false };
    entry.dates.push(one);
    found.set(id, entry);
  }
  return [...found.values()].map((entry) => {
    const open = kept && entry.dates.some(({ id }) => id === kept.id);
    return { ...entry, many: open ? kept.many : entry.dates.length > 1 };
  });
}

/** Whether somebody may book for a party at a site, or at any. */
export function mayBook(held: readonly Assignment[], party: string | null, site?: string): boolean {
  return held.some((one) => {
    if (one.site && site && one.site !== site) return false;
    return one.party ? one.party === party && one.role !== "group_member" : one.role === "owner" || one.role === "manager";
  });
}

/** The days from the first to the last of a booking whose end its times alone do not say; 0 for any other. */
export function daysLong(from: Instant, to: Instant, zone: string): number {
  const days = (utcMidnight(dayOf(to, zone)) - utcMidnight(dayOf(from, zone))) / 86_400_000;
  return days > 1 || (days === 1 && minutesOf(to, zone) >= minutesOf(from, zone)) ? days : 0;
}

/** The end of a booking, in minutes from the midnight before its start. `days`: see `daysLong`. */
export function endMinutes(from: number, to: number, days: number): number {
  return to + 1440 * (days || Number(to < from));
}

/** What becomes of it if nobody comes; empty where it is kept, or has begun with its people. */
export function absentText(one: OwnBooking, zone: string, now: Instant): string {
  if (!one.release_at || one.kept) return "";
  const at = Date.parse(one.release_at);
  return at <= now ? "Nobody has arrived. It is being cancelled." : `Cancelled if nobody arrives by ${momentText(at, zone, now)}.`;
}

/** A code in the groups that people read out: "482 913". */
export function spokenCode(code: string): string {
  if (code.length > 8) return [code.slice(0, 1), code.slice(1, 4), code.slice(4, 7), code.slice(7)].join(" ");
  const half = code.length > 4 ? Math.ceil(code.length / 2) : code.length;
  return `${code.slice(0, half)} ${code.slice(half)}`.trim();
}

/** "Thu 26 Nov, 18:00 to 20:00" */
export function whenText(from: Instant, to: Instant, zone: string): string {
  return `${shortDay(dayOf(from, zone))}, ${span(from, to, zone)}`;
}

/** "Opens Thu 26 Nov, 17:45 to 21:15"; while it works "Opens now, until 21:15". Empty without a window. */
export function opensText(one: OwnBooking, zone: string, now: Instant): string {
  if (!one.code_window) return "";
  const [from, to] = [Date.parse(one.code_window.starts), Date.parse(one.code_window.ends)];
  return from <= now && now < to ? `Opens now, until ${span(now, to, zone).split(" to ")[1]}` : `Opens ${whenText(from, to, zone)}`;
}

/** "Today", "Tomorrow", else the day. */
export function dayText(at: Instant, zone: string, now: Instant): string {
  const day = dayOf(at, zone);
  if (day === dayOf(now, zone)) return "Today";
  return day === dayPlus(dayOf(now, zone), 1) ? "Tomorrow" : shortDay(day);
}

/** A text with its first letter large. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

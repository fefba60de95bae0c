/** The bookings of the user's own groups, in the order of the page. Pure. */
import { type Booking, isPending } from "../model.ts";
import { dayOf, type Instant, shortDay, span } from "../zone.ts";

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

/** A single booking, or the dates of a series. */
export interface Entry {
  id: string;
  dates: OwnBooking[];
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

/** `all`: by start. */
export function arrange(all: readonly OwnBooking[], now: Instant): Arranged {
  const left = all.filter((one) => one.to > now);
  const standing = left.filter((one) => one.status === "confirmed" || one.status === "arrived");
  const next = standing[0] ?? null;
  const open = left.filter((one) => isPending(one) || one.status === "expired");
  return {
    next,
    coming: bySeries(standing.slice(1)),
    waiting: bySeries([...open.filter((one) => one.offer), ...open.filter((one) => !one.offer)]),
    off: bySeries(left.filter((one) => one.status === "cancelled" || one.status === "declined" || one.status === "released")),
  };
}

/** One entry for each booking and each series, by its first date. */
export function bySeries(all: readonly OwnBooking[]): Entry[] {
  const found = new Map<string, Entry>();
  for (const one of all) {
    const id = one.series ?? one.id;
    const entry = found.get(id);
    if (entry) entry.dates.push(one);
    else found.set(id, { id, dates: [one] });
  }
  return [...found.values()];
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
  return shortDay(day);
}

/** A text with its first letter large. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

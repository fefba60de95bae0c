/**
 * The one module that knows zones. Instants are milliseconds since 1970 UTC; a day is "2026-11-24" in the
 * site's own calendar; a wall time is minutes since midnight as the clock on the site's wall reads.
 * A day has 23, 24 or 25 hours: nothing here adds 24 hours to reach tomorrow.
 */

import { LANGUAGE } from "./language.ts";

export type Instant = number;
export type Day = string;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const STEP = 15 * MINUTE;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<Instant, number>>();

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    // Sweden writes 2026-11-24 14:02:00.
    found = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    formats.set(zone, found);
  }
  return found;
}

/** Milliseconds to add to UTC to get the wall clock of `zone`. Offsets change on quarter hours only. */
export function offset(at: Instant, zone: string): number {
  const quarter = Math.floor(at / STEP) * STEP;
  let known = offsets.get(zone);
  if (!known || known.size > 5000) offsets.set(zone, (known = new Map()));
  let found = known.get(quarter);
  if (found === undefined) {
    const [year, month, ...rest] = format(zone).format(quarter).match(/\d+/g)!.map(Number) as [number, number, number, number, number, number];
    found = Date.UTC(year, month - 1, ...rest) - quarter;
    known.set(quarter, found);
  }
  return found;
}

function wall(at: Instant, zone: string): Date {
  return new Date(at + offset(at, zone));
}

export function pad2(n: number): string {
  return String(n).padStart(2, "0");
}

/** Whether it is a valid day of the years 2000 to 2199, as in addresses. */
export function isDay(text: string): boolean {
  return /^2[01]\d\d-\d\d-\d\d$/.test(text) && utcMidnight(text) > 0 && dayPlus(text, 0) === text;
}

export function utcMidnight(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The instant of a wall time: the first of two when the clocks go back, null if it does not exist. */
export function instantOf(day: Day, minutes: number, zone: string): Instant | null {
  const read = utcMidnight(day) + minutes * MINUTE;
  const tries = [read - offset(read - 24 * HOUR, zone), read - offset(read + 24 * HOUR, zone)];
  const good = tries.filter((at) => at + offset(at, zone) === read);
  return good.length ? Math.min(...good) : null;
}

/** First instant of a day; if midnight does not exist, the moment the clocks go forward. */
export function dayStart(day: Day, zone: string): Instant {
  return instantOf(day, 0, zone) ?? utcMidnight(day) - offset(utcMidnight(day) - 24 * HOUR, zone);
}

export function dayOf(at: Instant, zone: string): Day {
  return wall(at, zone).toISOString().slice(0, 10);
}

/** Calendar arithmetic: `days` later (or earlier, if negative), regardless of clock changes. */
export function dayPlus(day: Day, days: number): Day {
  return new Date(utcMidnight(day) + days * 24 * HOUR).toISOString().slice(0, 10);
}

/** The Monday of a day's week. */
export function mondayOf(day: Day): Day {
  return dayPlus(day, -((new Date(utcMidnight(day)).getUTCDay() + 6) % 7));
}

export function minutesOf(at: Instant, zone: string): number {
  const clock = wall(at, zone);
  return clock.getUTCHours() * 60 + clock.getUTCMinutes();
}

/** "14:02" */
export function clock(at: Instant, zone: string): string {
  return clockOf(minutesOf(at, zone));
}

export function clockOf(minutes: number): string {
  return `${pad2(Math.floor(minutes / 60) % 24)}:${pad2(minutes % 60)}`;
}

/** Names a day, or a part of it, as the language of the page does. */
export function namer(options: Intl.DateTimeFormatOptions): (day: Day) => string {
  const made = new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone: "UTC" });
  return (day) => made.format(utcMidnight(day));
}

const month = namer({ month: "short" });

/** "Thu" */
export const weekday = namer({ weekday: "short" });

/** "Thursday" */
export const longWeekday = namer({ weekday: "long" });

/** "Nov 2026" */
export const monthName = namer({ month: "short", year: "numeric" });

/** "26 Nov" */
export function dayAndMonth(day: Day): string {
  return /* words */ `${+day.slice(8)} ${month(day)}`;
}

/** "Thu 26 Nov" */
export function shortDay(day: Day): string {
  return /* words */ `${weekday(day)} ${dayAndMonth(day)}`;
}

/** "Thursday 26 Nov 2026" */
export function longDay(day: Day): string {
  return /* words */ `${longWeekday(day)} ${dayAndMonth(day)} ${day.slice(0, 4)}`;
}

/** "26/11/2026", as in a date field. */
export function fieldDay(day: Day): string {
  return day.split("-").reverse().join("/");
}

/** "18:00 to 20:00", "18:00 to midnight"; the start has its day where that is not `day`, the end where that is another than the start's. */
export function span(from: Instant, to: Instant, zone: string, day?: Day): string {
  const begins = dayOf(from, zone);
  const put = (at: Instant, said: Day) => {
    const own = dayOf(at, zone);
    return own === said ? clock(at, zone) : `${shortDay(own)} ${clock(at, zone)}`;
  };
  return `${put(from, day ?? begins)} to ${to === dayStart(dayPlus(begins, 1), zone) ? "midnight" : put(to, begins)}`;
}

/** "14:02" today, "Tue 24 Nov 14:02" on another day. */
export function momentText(at: Instant, zone: string, now: Instant): string {
  const day = dayOf(at, zone);
  return day === dayOf(now, zone) ? clock(at, zone) : `${shortDay(day)} ${clock(at, zone)}`;
}

/** One mark an hour of a day that may have 23 or 25 of them; the second 01:00 says "again". */
export function hourMarks(day: Day, zone: string): { at: Instant; label: string; again: boolean }[] {
  const end = dayStart(dayPlus(day, 1), zone);
  const marks = [];
  let before = "";
  for (let at = dayStart(day, zone); at < end; at += HOUR) {
    const label = clock(at, zone);
    marks.push({ at, label, again: label === before });
    before = label;
  }
  return marks;
}

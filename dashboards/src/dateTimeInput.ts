/** Reads typed days and times, and formats them for fields. */
import { plural } from "./language.ts";
import { clockOf, type Day, dayPlus, namer, pad2, utcMidnight } from "./zone.ts";

/**
 * Reads a UK date: 26/11/2026, 26.11.26, 26 Nov, Thu 26 November 2026. Without a year it is the date nearest `near`, or
 * with "next" the first one from `near` on.
 */
export function parseDay(text: string, near: Day, which: "nearest" | "next" = "nearest"): Day | null {
  const found = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s./-]+(\d{1,2}|[a-z]{3,9})(?:[\s./-]+(\d{4}|\d{2}))?$/i.exec(
    text.trim(),
  );
  if (!found) return null;
  const [, d, m, y] = found;
  const month = /^\d/.test(m!) ? Number(m) : Array(12).fill(0).findIndex((_, n) => m!.toLowerCase().startsWith(shortMonth(`2026-${pad2(n + 1)}-01`).toLowerCase())) + 1;
  const make = (year: number): Day | null => {
    const day = `${year}-${pad2(month)}-${pad2(Number(d))}`;
    const at = utcMidnight(day);
    return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day ? null : day;
  };
  if (month < 1 || month > 12) return null;
  if (y) return make(y.length === 2 ? 2000 + Number(y) : Number(y));
  const year = Number(near.slice(0, 4));
  if (which === "next") return [make(year), make(year + 1)].find((day) => day !== null && day >= near) ?? null;
  const choices = [year - 1, year, year + 1].map(make).filter((day) => day !== null);
  const gap = (day: Day) => Math.abs(utcMidnight(day) - utcMidnight(near));
  return choices.sort((a, b) => gap(a) - gap(b))[0] ?? null;
}

const shortMonth = namer({ month: "short" });

/** Reads 18:00, 18.00, 1800, 18, 6pm, 6:30 pm; "24:00" is midnight at the end. Minutes since midnight. */
export function parseClock(text: string): number | null {
  const found = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?$/i.exec(text.trim());
  if (!found) return null;
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  const half = found[3]?.toLowerCase();
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = (hour % 12) + (half === "pm" ? 12 : 0);
  const minutes = hour * 60 + minute;
  return minute > 59 || minutes > 24 * 60 ? null : minutes;
}

/** "2026-11-24T18:00": a wall time in the site's zone, as the API takes it. */
export function localDateTime(day: Day, minutes: number): string {
  return `${dayPlus(day, Math.floor(minutes / 1440))}T${clockOf(minutes % 1440)}`;
}

/** "4 hours", "1 hour 30 minutes" */
export function durationText(minutes: number): string {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  return [h && plural(h, `${h} hour`, `${h} hours`), m && plural(m, `${m} minute`, `${m} minutes`)].filter(Boolean).join(" ");
}

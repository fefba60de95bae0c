/** Visits by the hour, of people who came in or half of those who passed both ways, against the same weekday of past weeks. Pure. */
import { type Day, dayPlus } from "../../zone.ts";

export interface Row {
  /** With the site's offset. */
  starts: string;
  counter: string;
  door: string | null;
  /** Of a counter that does not tell in from out. */
  passages: number | null;
  visits: number | null;
  coverage: number;
}

/** A step of time: how many visits, and whether every counter worked in it. */
export interface Step {
  starts: string;
  /** Local. */
  hour: number;
  ins: number | null;
  known: boolean;
}

export interface Usual {
  low: number;
  middle: number;
  high: number;
  /** From how many days. */
  days: number;
}

export const WEEKS = 8;
const ENOUGH = 4;
/** As the controller has it: the share of a step in which each counter must have worked. */
const KNOWN = 0.9;

/** The same weekday of the weeks before, the newest first. */
export const daysBefore = (day: Day): Day[] => Array.from({ length: WEEKS }, (_, n) => dayPlus(day, -7 * (n + 1)));

/** Steps in the order of time, with all counters together, or one of them. */
export function stepsOf(rows: readonly Row[], counter = ""): Step[] {
  const found = new Map<string, Step>();
  for (const row of rows) {
    if (counter && row.counter !== counter) continue;
    const step = found.get(row.starts) ?? { starts: row.starts, hour: Number(row.starts.slice(11, 13)), ins: null, known: true };
    found.set(row.starts, { ...step, ins: row.visits === null ? step.ins : (step.ins ?? 0) + row.visits, known: step.known && row.visits !== null && row.coverage >= KNOWN });
  }
  return [...found.values()].sort((a, b) => Date.parse(a.starts) - Date.parse(b.starts));
}

/** What is usual in the hours that `within` names, of days on which all of them were counted; null of too few. */
export function usualOf(days: readonly Step[][], within: (hour: number) => boolean): Usual | null {
  const sums = days
    .map((steps) => steps.filter((step) => within(step.hour)))
    .filter((steps) => steps.length && steps.every((step) => step.known))
    .map((steps) => steps.reduce((sum, step) => sum + step.ins!, 0))
    .sort((a, b) => a - b);
  if (sums.length < ENOUGH) return null;
  const half = sums.length / 2;
  const middle = sums.length % 2 ? sums[Math.floor(half)]! : (sums[half - 1]! + sums[half]!) / 2;
  return { low: sums[0]!, middle: Math.round(middle), high: sums.at(-1)!, days: sums.length };
}

/** The whole hours of today before the one that `hour` begins, if all were counted; null if not, or if there is none. */
export function soFar(today: readonly Step[], hour: number): number | null {
  const steps = today.filter((step) => step.hour < hour);
  return steps.length && steps.every((step) => step.known) ? steps.reduce((sum, step) => sum + step.ins!, 0) : null;
}

/** "more than usual", "as usual", "fewer than usual". */
export function levelText(ins: number, usual: Usual): string {
  if (ins > usual.high) return "more than usual";
  return ins < usual.low ? "fewer than usual" : "as usual";
}

/** "about 30 (22 to 41)" */
export const rangeText = (one: Usual): string => (one.low === one.high ? `${one.low}` : `about ${one.middle} (${one.low} to ${one.high})`);

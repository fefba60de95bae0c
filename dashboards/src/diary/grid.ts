/** Where things stand in the timeline: pure sums over instants and pixels. */
import { type Booking, holds, type Mode, type Space } from "../model.ts";
import { HOUR, type Instant, MINUTE } from "../zone.ts";

export const HOUR_PX = 84;
export const LANE_PX = 44;
export const LANE_MOST_PX = 64;
export const ROW_PAD_PX = 5;
export const SNAP = 15 * MINUTE;

export interface Span {
  from: Instant;
  to: Instant;
}

function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

export function px(at: Instant, dayFrom: Instant): number {
  return ((at - dayFrom) / HOUR) * HOUR_PX;
}

/** The instant under a pixel, snapped to the quarter hour it lies in (or nearest to, for `round`). */
export function at(x: number, dayFrom: Instant, how: "floor" | "round" = "floor"): Instant {
  return dayFrom + Math[how](((x / HOUR_PX) * HOUR) / SNAP) * SNAP;
}

/**
 * Lanes for one room, counted per group of bookings that overlap in a chain, so that one double hour in
 * the morning does not make the evening thinner.
 */
export function lanes<T extends Span>(items: readonly T[]): { item: T; lane: number; of: number }[] {
  const sorted = [...items].sort((a, b) => a.from - b.from || b.to - a.to);
  const placed: { item: T; lane: number; of: number }[] = [];
  let group: typeof placed = [];
  let ends: Instant[] = [];
  const close = () => {
    for (const one of group) one.of = ends.length;
    group = [];
    ends = [];
  };
  for (const item of sorted) {
    if (group.length && Math.max(...ends) <= item.from) close();
    let lane = ends.findIndex((end) => end <= item.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = item.to;
    const one = { item, lane, of: 1 };
    group.push(one);
    placed.push(one);
  }
  close();
  return placed;
}

/** The free stretches of a room on one day, cut where the opening mode changes. */
export function freeSpans(day: Span, taken: readonly Span[], modes: readonly Mode[]): (Span & { mode: string })[] {
  const cuts = modes.length ? modes : [{ from: day.from, to: day.to, mode: "" }];
  const busy = [...taken].sort((a, b) => a.from - b.from);
  const found: (Span & { mode: string })[] = [];
  for (const part of cuts) {
    let from = Math.max(part.from, day.from);
    const end = Math.min(part.to, day.to);
    for (const one of busy) {
      if (one.to <= from || one.from >= end) continue;
      if (one.from > from) found.push({ from, to: one.from, mode: part.mode });
      from = Math.max(from, one.to);
    }
    if (from < end) found.push({ from, to: end, mode: part.mode });
  }
  return found;
}

/** For each room those that share a part of it, itself included: booked, they take it as well. */
export function sharing(spaces: readonly Space[]): Map<string, ReadonlySet<string>> {
  const byId = new Map(spaces.map((one) => [one.id, one]));
  const atoms = new Map<string, ReadonlySet<string>>();
  const atomsOf = (id: string): ReadonlySet<string> => {
    const known = atoms.get(id);
    if (known) return known;
    const parts = byId.get(id)?.parts ?? [];
    const found = new Set(parts.length ? parts.flatMap((part) => [...atomsOf(part)]) : [id]);
    atoms.set(id, found);
    return found;
  };
  return new Map(
    spaces.map((one) => [
      one.id,
      new Set(spaces.filter((other) => [...atomsOf(other.id)].some((atom) => atomsOf(one.id).has(atom))).map(({ id }) => id)),
    ]),
  );
}

/** Bookings that hold any of these rooms in this span. */
export function clashes(
  bookings: readonly Booking[],
  rooms: ReadonlySet<string>,
  when: Span,
  but?: string,
): Booking[] {
  return bookings.filter((one) => rooms.has(one.space) && one.id !== but && holds(one) && overlaps(one, when));
}

/** First and last+1 of the rows in the window, from the tops of all rows (one more entry than rows). */
export function rowsInView(tops: readonly number[], scroll: number, height: number, spare = 300): [number, number] {
  const rows = tops.length - 1;
  const find = (y: number) => {
    let [low, high] = [0, rows];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tops[middle + 1]! <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [find(scroll - spare), Math.min(rows, find(scroll + height + spare) + 1)];
}

export type Grip = "move" | "start" | "end" | "new";

const GRIP_PX = 9;

/** What a pointer takes hold of: an end of a block, or all of it. */
export function gripAt(x: number, left: number, right: number): Grip {
  if (right - left < 4 * GRIP_PX) return "move";
  return x < left + GRIP_PX ? "start" : x > right - GRIP_PX ? "end" : "move";
}

/** A span as it is carried by pointer or keys: moved by `by`, never shorter than a quarter hour, inside the day. */
export function carried(span: Span, grip: Grip, by: number, day: Span): Span {
  if (grip === "start") return { from: Math.max(day.from, Math.min(span.from + by, span.to - SNAP)), to: span.to };
  if (grip === "end" || grip === "new")
    return { from: span.from, to: Math.min(day.to, Math.max(span.to + by, span.from + SNAP)) };
  const step = Math.max(day.from - span.from, Math.min(by, day.to - span.to));
  const kept = span.from < day.from || span.to > day.to ? 0 : step;
  return { from: span.from + kept, to: span.to + kept };
}

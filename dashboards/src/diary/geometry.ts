/** Positions in the timeline: instants to pixels, free time. Pure. */
import type { Mode, Space } from "../model.ts";
import { HOUR, type Instant } from "../zone.ts";

export const HOUR_PX = 84;
export const ROW_PAD_PX = 5;

export interface Span {
  from: Instant;
  to: Instant;
}

export function px(at: Instant, dayFrom: Instant): number {
  return ((at - dayFrom) / HOUR) * HOUR_PX;
}

/** The free spans of a room on one day, split where the opening mode changes. */
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

/** The spans in which a pool has places left, split where their number or the opening mode changes. */
export function placesLeft(
  size: number,
  day: Span,
  taken: readonly (Span & { places: number })[],
  modes: readonly Mode[],
): (Span & { mode: string; places: number })[] {
  const edges = taken.flatMap(({ from, to }) => [from, to]).filter((at) => at > day.from && at < day.to);
  const cuts = [...new Set([day.from, ...edges, day.to])].sort((a, b) => a - b);
  return cuts.slice(1).flatMap((to, i) => {
    const from = cuts[i]!;
    const here = taken.filter((one) => one.from < to && one.to > from);
    const places = here.reduce((left, one) => left - one.places, size);
    return places > 0 ? freeSpans({ from, to }, [], modes).map((span) => ({ ...span, places })) : [];
  });
}

/** For each room, the rooms that share a part with it, including itself: a booking of one occupies the others. */
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

/** A room in its row. `depth`: how many rooms it is a part of, one within the other; `covers`: how many of the next rows are parts of it. */
export interface Placed {
  space: Space;
  depth: number;
  covers: number;
}

/** Rooms in the order of their rows: parts below the room that they make up. What is a part of two stands below the first. */
export function placed(spaces: readonly Space[]): Placed[] {
  const parts = new Set(spaces.flatMap((one) => one.parts));
  const rows = new Map<Space, Placed>();
  const add = (space: Space | undefined, depth: number) => {
    if (!space || rows.has(space)) return;
    const row = { space, depth, covers: 0 };
    const before = rows.set(space, row).size;
    for (const part of space.parts) add(spaces.find(({ id }) => id === part), depth + 1);
    row.covers = rows.size - before;
  };
  for (const one of spaces) if (!parts.has(one.id)) add(one, 0);
  return [...rows.values()];
}

/** First and last+1 of the rows in the window, from the tops of all rows (one more entry than rows). */
export function rowsInView(tops: readonly number[], scroll: number, height: number, spare = 300): [number, number] {
  const ended = (y: number) => tops.filter((top, row) => row && top <= y).length;
  return [ended(scroll - spare), Math.min(tops.length - 1, ended(scroll + height + spare) + 1)];
}

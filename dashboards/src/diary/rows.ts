/** The rooms of one day as rows of cells: bookings and the free time between them, in order of time. */
import { type Booking, isLive, type Mode, type Space } from "../model.ts";
import { freeSpans, LANE_PX, lanes, ROW_PAD_PX, type Span } from "./grid.ts";
import type { Instant } from "../zone.ts";

const STRIP_PX = 26;

export interface Cell extends Span {
  key: string;
  space: string;
  booking: Booking | null;
  mode: string;
  top: number;
  height: number;
}

export interface Row {
  space: Space;
  cells: Cell[];
  height: number;
  /** What it was made from. */
  from: readonly unknown[];
}

/**
 * `above`: pixels kept free at the top of each row, for its name where the screen is narrow. `lane`: height of
 * one booking. `before`: the rows as they were; one whose day has not changed is handed back as it is.
 */
export function rowsOf(
  spaces: readonly Space[],
  bookings: readonly Booking[],
  modes: readonly Mode[],
  day: Span,
  above: number,
  lane = LANE_PX,
  before: readonly Row[] = [],
): Row[] {
  const bySpace = Map.groupBy(bookings, (one) => one.space);
  const old = new Map(before.map((row) => [row.space.id, row]));
  return spaces.map((space) => {
    const here = bySpace.get(space.id) ?? [];
    const from = [space, modes, day.from, day.to, above, lane, ...here];
    const was = old.get(space.id);
    if (was && was.from.length === from.length && from.every((one, i) => one === was.from[i])) return was;
    const holding = lanes(here.filter(isLive));
    const lingering = lanes(here.filter((one) => !isLive(one) && one.still_opens.length));
    const deep = Math.max(1, ...holding.map((one) => one.of));
    const strips = Math.max(0, ...lingering.map((one) => one.of));
    const inner = deep * lane;
    const first = above + ROW_PAD_PX;
    const cells: Cell[] = [
      ...holding.map((one) => cell(one.item, first + one.lane * lane, lane)),
      ...lingering.map((one) => cell(one.item, first + inner + one.lane * STRIP_PX + 2, STRIP_PX - 2)),
      ...freeSpans(day, here.filter(isLive), modes).map((span) => ({
        ...span,
        key: `free ${space.id} ${span.from}`,
        space: space.id,
        booking: null,
        top: first,
        height: inner,
      })),
    ];
    cells.sort((a, b) => a.from - b.from || a.top - b.top);
    return { space, cells, height: first + inner + strips * STRIP_PX + ROW_PAD_PX, from };
  });
}

function cell(one: Booking, top: number, height: number): Cell {
  return { from: one.from, to: one.to, key: one.id, space: one.space, booking: one, mode: "", top, height };
}

/** The cell of a row in which an instant lies, else the nearest. */
export function cellAt(row: Row, at: Instant): Cell | undefined {
  const gap = (one: Cell) => (at < one.from ? one.from - at : at >= one.to ? at - one.to + 1 : 0);
  return [...row.cells].sort((a, b) => gap(a) - gap(b))[0];
}

/** The rooms of one day as rows of cells: bookings and the free time between them, ordered by time. */
import { type Booking, holds, type Mode, placesOf, type Space } from "../model.ts";
import { freeSpans, placed, type Placed, placesLeft, ROW_PAD_PX, type Span } from "./geometry.ts";
import { LANE_PX, lanes } from "./lanes.ts";
import type { Instant } from "../zone.ts";

const STRIP_PX = 26;
/** The row of a room that divides: what is booked of it as a whole reaches down over the rows of its parts. */
const WHOLE_PX = 34;

export interface Cell extends Span {
  key: string;
  space: string;
  booking: Booking | null;
  /** The bookings of other rooms that also occupy this one, by their time or their set-up; empty if it is free. */
  others: readonly Booking[];
  /** Whether it reaches down over the rows that its row covers. */
  spans: boolean;
  mode: string;
  /** Free places of a pool. */
  places?: number;
  top: number;
  height: number;
}

export interface Row extends Placed {
  cells: Cell[];
  height: number;
  /** The values it was computed from. */
  from: readonly unknown[];
}

/**
 * `above`: pixels kept free at the top of each row, for its name where the screen is narrow. `lane`: height of
 * one booking. `shared`: for each room those that share a part of it. `before`: the rows as they were; one whose day has not changed is handed back as it is.
 */
export function roomRows(
  spaces: readonly Space[],
  bookings: readonly Booking[],
  modes: readonly Mode[],
  day: Span,
  above: number,
  lane = LANE_PX,
  before: readonly Row[] = [],
  shared: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Row[] {
  const bySpace = Map.groupBy(bookings, (one) => one.space);
  const old = new Map(before.map((row) => [row.space.id, row]));
  const rows = placed(spaces);
  return rows.map((at, n) => {
    const { space, covers } = at;
    const here = bySpace.get(space.id) ?? [];
    const others = [...(shared.get(space.id) ?? [])]
      .filter((id) => id !== space.id)
      .flatMap((id) => bySpace.get(id) ?? [])
      .filter(holds);
    const from = [space, covers, modes, day.from, day.to, above, lane, ...here, ...others];
    const was = old.get(space.id);
    if (was && was.from.length === from.length && from.every((one, i) => one === was.from[i])) return was;
    // A booking of the whole is drawn in its own row, from where it reaches over this one.
    const wholes = rows.filter((one, i) => i < n && i + one.covers >= n).map((one) => one.space.id);
    const asked = (one: Booking) => one.status === "requested";
    const [spanning, inLanes] = covers ? [here.filter(holds), here.filter(asked)] : [[], here.filter((one) => holds(one) || asked(one))];
    const holding = lanes(inLanes);
    const lingering = lanes(here.filter((one) => one.status === "cancelled" && one.still_opens.length));
    const pool = space.kind === "pool";
    const deep = Math.max(covers ? 0 : 1, ...holding.map((one) => one.of));
    const strips = Math.max(0, ...lingering.map((one) => one.of));
    // The free places of a pool are shown below its bookings.
    const under = covers ? WHOLE_PX : pool && holding.length ? STRIP_PX : 0;
    const inner = deep * lane + under;
    const first = above + ROW_PAD_PX;
    const mine = here.filter(holds).map((one) => ({ ...one.withBuffers, places: placesOf(one) }));
    const taken = others.map((one) => ({ ...one.withBuffers, places: space.pool_size ?? 1 }));
    const free = (span: Span & { mode?: string }, others: readonly Booking[]): Cell => ({
      mode: "",
      ...span,
      key: `${others.length ? "taken" : "free"} ${space.id} ${span.from}`,
      space: space.id,
      booking: null,
      others,
      spans: false,
      top: pool && under ? first + inner - under + 2 : first,
      height: pool && under ? under - 2 : inner,
    });
    const left = pool
      ? placesLeft(space.pool_size ?? 1, day, [...mine, ...taken], modes)
      : freeSpans(day, [...mine, ...taken], modes);
    const cells: Cell[] = [
      ...spanning.map((one) => cell(one, first + deep * lane, WHOLE_PX, true)),
      ...holding.map((one) => cell(one.item, first + one.lane * lane, lane)),
      ...lingering.map((one) => cell(one.item, first + inner + one.lane * STRIP_PX + 2, STRIP_PX - 2)),
      ...stretches(others.filter((one) => !wholes.includes(one.space))).flatMap(({ bookings, ...when }) =>
        freeSpans(when, mine, []).map((span) => free(span, bookings)),
      ),
      ...left.map((span) => free(span, [])),
    ];
    cells.sort((a, b) => a.from - b.from || a.top - b.top);
    return { ...at, cells, height: first + inner + strips * STRIP_PX + ROW_PAD_PX, from };
  });
}

/** The times that bookings occupy; those that overlap or touch are one. */
function stretches(bookings: readonly Booking[]): (Span & { bookings: Booking[] })[] {
  const found: (Span & { bookings: Booking[] })[] = [];
  for (const one of [...bookings].sort((a, b) => a.withBuffers.from - b.withBuffers.from)) {
    const last = found.at(-1);
    if (!last || one.withBuffers.from > last.to) found.push({ ...one.withBuffers, bookings: [one] });
    else {
      last.to = Math.max(last.to, one.withBuffers.to);
      last.bookings.push(one);
    }
  }
  return found;
}

function cell(one: Booking, top: number, height: number, spans = false): Cell {
  return { from: one.from, to: one.to, key: one.id, space: one.space, booking: one, others: [], spans, mode: "", top, height };
}

/** The cell of a row that contains an instant, else the nearest. */
export function cellAt(row: Pick<Row, "cells">, at: Instant): Cell | undefined {
  const gap = (one: Cell) => (at < one.from ? one.from - at : at >= one.to ? at - one.to + 1 : 0);
  return [...row.cells].sort((a, b) => gap(a) - gap(b))[0];
}

/** The rooms of one day as rows of cells: bookings and the free time between them, ordered by time. */
import { type Booking, holds, type Mode, placesOf, type Space } from "../model.ts";
import { freeSpans, placesLeft, ROW_PAD_PX, type Span } from "./geometry.ts";
import { LANE_PX, lanes } from "./lanes.ts";
import type { Instant } from "../zone.ts";

const STRIP_PX = 26;

export interface Cell extends Span {
  key: string;
  space: string;
  booking: Booking | null;
  /** The booking of another room that also occupies this one, by its time or its set-up. */
  other: Booking | null;
  mode: string;
  /** Free places of a pool. */
  places?: number;
  top: number;
  height: number;
}

export interface Row {
  space: Space;
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
  return spaces.map((space) => {
    const here = bySpace.get(space.id) ?? [];
    const others = [...(shared.get(space.id) ?? [])]
      .filter((id) => id !== space.id)
      .flatMap((id) => bySpace.get(id) ?? [])
      .filter(holds);
    const from = [space, modes, day.from, day.to, above, lane, ...here, ...others];
    const was = old.get(space.id);
    if (was && was.from.length === from.length && from.every((one, i) => one === was.from[i])) return was;
    const holding = lanes(here.filter((one) => holds(one) || one.status === "requested"));
    const lingering = lanes(here.filter((one) => one.status === "cancelled" && one.still_opens.length));
    const pool = space.kind === "pool";
    const deep = Math.max(1, ...holding.map((one) => one.of));
    const strips = Math.max(0, ...lingering.map((one) => one.of));
    // The free places of a pool are shown below its bookings.
    const under = pool && holding.length ? STRIP_PX : 0;
    const inner = deep * lane + under;
    const first = above + ROW_PAD_PX;
    const mine = here.filter(holds).map((one) => ({ ...one.withBuffers, places: placesOf(one) }));
    const free = (span: Span & { mode?: string }, other: Booking | null): Cell => ({
      mode: "",
      ...span,
      key: `${other ? "taken" : "free"} ${space.id} ${span.from}`,
      space: space.id,
      booking: null,
      other,
      top: under ? first + inner - under + 2 : first,
      height: under ? under - 2 : inner,
    });
    const left = pool
      ? placesLeft(space.pool_size ?? 1, day, mine, modes)
      : freeSpans(day, [...mine, ...others.map((one) => one.withBuffers)], modes);
    const cells: Cell[] = [
      ...holding.map((one) => cell(one.item, first + one.lane * lane, lane)),
      ...lingering.map((one) => cell(one.item, first + inner + one.lane * STRIP_PX + 2, STRIP_PX - 2)),
      ...others.flatMap((one) => freeSpans(one.withBuffers, mine, []).map((span) => free(span, one))),
      ...left.map((span) => free(span, null)),
    ];
    cells.sort((a, b) => a.from - b.from || a.top - b.top);
    return { space, cells, height: first + inner + strips * STRIP_PX + ROW_PAD_PX, from };
  });
}

function cell(one: Booking, top: number, height: number): Cell {
  return { from: one.from, to: one.to, key: one.id, space: one.space, booking: one, other: null, mode: "", top, height };
}

/** The cell of a row that contains an instant, else the nearest. */
export function cellAt(row: Row, at: Instant): Cell | undefined {
  const gap = (one: Cell) => (at < one.from ? one.from - at : at >= one.to ? at - one.to + 1 : 0);
  return [...row.cells].sort((a, b) => gap(a) - gap(b))[0];
}

/** The grid of one day: rows and their positions, the visible part, and where each cell is. */
import { type Booking, holds } from "../model.ts";
import { type Day, HOUR, type Instant } from "../zone.ts";
import { px, ROW_PAD_PX, rowsInView, type Span } from "./geometry.ts";
import { LANE_MOST_PX, LANE_PX } from "./lanes.ts";
import { type Cell, type Row, roomRows } from "./roomRows.ts";
import type { DayStore } from "./dayStore.svelte.ts";

export const HEAD_PX = 62;
const NAME_PX = 176;
const NARROW_PX = 640;
const NAME_ABOVE_PX = 24;

export interface CellPosition {
  row: number;
  cell: Cell;
}

export class TimelineGrid {
  readonly dayStore: DayStore;
  scroller = $state.raw<HTMLElement>();
  width = $state(0);
  height = $state(0);
  scroll = $state(0);
  /** Draws every row, not only the visible ones. */
  printing = $state(false);

  get narrow(): boolean {
    return this.width < NARROW_PX;
  }
  /** Width of the names beside the track; on narrow screens they are above it. */
  get nameWidth(): number {
    return this.narrow ? 0 : NAME_PX;
  }
  get nameAbove(): number {
    return this.narrow ? NAME_ABOVE_PX : 0;
  }
  /** Rows are taller if there are few rooms. */
  get lane(): number {
    const fair = Math.floor((innerHeight * 0.6) / this.dayStore.spaces.length) - 10;
    return this.narrow ? LANE_PX : Math.max(LANE_PX, Math.min(LANE_MOST_PX, fair));
  }
  readonly rows: Row[] = $derived.by(() => {
    const { spaces, bookings, modes, span } = this.dayStore;
    this.before = roomRows(spaces, bookings, modes, span, this.nameAbove, this.lane, this.before, this.dayStore.sharing);
    return this.before;
  });
  readonly tops = $derived.by(() => {
    const tops = [0];
    for (const row of this.rows) tops.push(tops.at(-1)! + row.height);
    return tops;
  });
  readonly range: readonly [number, number] = $derived.by(() => {
    let [first, last] = this.printing ? [0, this.rows.length] : rowsInView(this.tops, this.scroll - HEAD_PX, this.height);
    // With parts the whole, whose bookings reach over them.
    while (this.rows[first]?.depth) first--;
    return [first, last];
  });
  readonly shown = $derived(this.rows.slice(this.range[0], this.range[1]));
  private before: Row[] = [];
  private scrolledDay: Day = "";

  constructor(dayStore: DayStore) {
    this.dayStore = dayStore;
  }

  x(at: Instant): number {
    return px(at, this.dayStore.span.from);
  }

  /** The part of a span on this day. */
  clip(span: Span): Span {
    const { from, to } = this.dayStore.span;
    return { from: Math.max(span.from, from), to: Math.min(span.to, to) };
  }

  rowOf(space: string): number {
    return this.rows.findIndex((one) => one.space.id === space);
  }

  /** The height of a cell, with the rows that it reaches over. */
  heightOf({ row, cell }: CellPosition): number {
    return cell.spans ? this.tops[row + this.rows[row]!.covers + 1]! - this.tops[row]! - cell.top - ROW_PAD_PX : cell.height;
  }

  locate(key: string): CellPosition | null {
    for (const [row, { cells }] of this.rows.entries()) {
      const cell = cells.find((one) => one.key === key);
      if (cell) return { row, cell };
    }
    return null;
  }

  /** What stands in the way of a request that holds no time. */
  inTheWay(one: Booking | undefined): Booking[] {
    if (one?.status !== "requested") return [];
    const { bookings, sharing } = this.dayStore;
    const { from, to } = one.withBuffers;
    return bookings.filter(
      (other) => holds(other) && sharing.get(one.space)?.has(other.space) && other.withBuffers.from < to && other.withBuffers.to > from,
    );
  }

  /** Scrolls a new day to the first opening or booking; if that has begun, to just before now. */
  scrollToStart(now: Instant): void {
    const { day, span, modes, bookings } = this.dayStore;
    if (!this.scroller || !this.width || this.scrolledDay === day) return;
    this.scrolledDay = day;
    const opening = modes.find((one) => one.mode !== "closed")?.from;
    const first = Math.min(opening ?? Infinity, ...bookings.map((one) => one.from));
    const begins = (first === Infinity ? span.from + 8.5 * HOUR : first) - HOUR / 2;
    this.scroller.scrollLeft = this.x(now < span.to ? Math.max(now - HOUR, begins) : begins);
  }
}

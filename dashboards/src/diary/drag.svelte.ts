/** Drags a booking to another time or room, by pointer or by keys, and shows what it would clash with. */
import { type Booking, placesOf } from "../model.ts";
import { notices } from "../notices.svelte.ts";
import { shortDay, span } from "../zone.ts";
import { type TimelineGrid, HEAD_PX } from "./timelineGrid.svelte.ts";
import type { GridActions } from "./gridInput.svelte.ts";
import { HOUR_PX, placesLeft, type Span } from "./geometry.ts";
import { instantAt, draggedSpan, clashes, type DragHandle, SNAP } from "./dragGeometry.ts";

export interface DragItem extends Span {
  /** Null while a new booking is drawn over free time. */
  booking: Booking | null;
  space: string;
  handle: DragHandle;
}

export interface DragStart extends DragItem {
  x: number;
  y: number;
  /** The row under the pointer, which for a booking of a whole may be that of a part. */
  row: number;
}

/** So far up or down a pointer may slip without changing the room. */
const SLIP_PX = 16;

/** Where a pointer is: pixels from the start of the day, and the row under it. */
export function pointerPosition({ scroller, tops, rows, nameWidth }: TimelineGrid, event: MouseEvent): { x: number; row: number } {
  const box = scroller!.getBoundingClientRect();
  const y = event.clientY - box.top + scroller!.scrollTop - HEAD_PX;
  const row = tops.findLastIndex((top) => top <= y);
  return {
    x: event.clientX - box.left + scroller!.scrollLeft - nameWidth,
    row: Math.max(0, Math.min(row, rows.length - 1)),
  };
}

export class Drag {
  item = $state.raw<(DragItem & { by: "pointer" | "keys" }) | null>(null);
  /** A date of a series where it was dropped, until it is decided which dates move. */
  dropped = $state.raw<(DragItem & { booking: Booking }) | null>(null);
  readonly clash = $derived(this.item ? this.clashesOf(this.item) : []);
  readonly grid: TimelineGrid;
  readonly actions: GridActions;

  constructor(grid: TimelineGrid, actions: GridActions) {
    this.grid = grid;
    this.actions = actions;
  }

  private clashesOf(item: DragItem): Booking[] {
    const { bookings, sharing } = this.grid.dayStore;
    const met = clashes(bookings, sharing.get(item.space) ?? new Set(), item, item.booking?.id);
    const size = this.grid.dayStore.space(item.space)?.pool_size;
    if (!size) return met;
    const wanted = item.booking ? placesOf(item.booking) : 1;
    const fitting = placesLeft(size, item, met.map((one) => ({ ...one.withBuffers, places: placesOf(one) })), []).filter(({ places }) => places >= wanted);
    const long = fitting.reduce((sum, { from, to }) => sum + to - from, 0);
    return long < item.to - item.from ? met : [];
  }

  /** "Studio, Tue 24 Nov, 15:15 to 16:15, clashes with Choir" */
  get description(): string {
    const { item, clash } = this;
    if (!item) return "";
    const { dayStore } = this.grid;
    const result = clash.length ? `clashes with ${clash.map((one) => one.title).join(" and ")}` : "free";
    const when = span(item.from, item.to, dayStore.zone, dayStore.day);
    return `${dayStore.space(item.space)?.name}, ${shortDay(dayStore.day)}, ${when}, ${result}`;
  }

  /** Starts moving a booking by keys or buttons. */
  startMove(one: Booking): void {
    this.item = { booking: one, space: one.space, from: one.from, to: one.to, handle: "move", by: "keys" };
    this.actions.focus(one.id);
    notices.announce(
      `Moving ${one.title}. Arrows move it by a quarter hour or to another room, Shift and arrows change its end, Enter drops it, Escape leaves it.`,
    );
  }

  /** Moves by quarter hours and rooms; `resize` moves only the end. */
  shift(steps: number, resize: boolean, rooms = 0): void {
    if (!this.item) return;
    const { rows } = this.grid;
    const day = this.grid.dayStore.span;
    const space = rows[Math.max(0, Math.min(this.grid.rowOf(this.item.space) + rooms, rows.length - 1))]!.space.id;
    this.item = { ...this.item, space, ...draggedSpan(this.item, resize ? "end" : "move", steps * SNAP, day) };
    scrollToCell(this.grid, this.grid.rowOf(space), this.item);
    notices.announce(this.description);
  }

  /** Follows the pointer; near an edge the grid scrolls. */
  follow(dragStart: DragStart, event: PointerEvent): void {
    const { grid } = this;
    const { x, row } = pointerPosition(grid, event);
    const day = grid.dayStore.span;
    const by =
      dragStart.handle === "new" ? instantAt(x, day.from) + SNAP - dragStart.from : Math.round((x - dragStart.x) / (HOUR_PX / 4)) * SNAP;
    const same = dragStart.handle !== "move" || row === dragStart.row || Math.abs(event.clientY - dragStart.y) < SLIP_PX;
    const space = same ? dragStart.space : grid.rows[row]!.space.id;
    this.item = { ...dragStart, ...draggedSpan(dragStart, dragStart.handle, by, day), space, by: "pointer" };
    const scroller = grid.scroller!;
    const box = scroller.getBoundingClientRect();
    if (event.clientX > box.right - 30) scroller.scrollLeft += 14;
    else if (event.clientX < box.left + grid.nameWidth + 30) scroller.scrollLeft -= 14;
    if (event.clientY > box.bottom - 20) scroller.scrollTop += 10;
    else if (event.clientY < box.top + HEAD_PX + 10) scroller.scrollTop -= 10;
  }

  drop(): void {
    const { item, clash } = this;
    if (!item) return;
    if (clash.length) {
      const names = clash.map((one) => one.title).join(", ");
      if (item.by === "keys") return notices.alert(`Can't be dropped here: clash with ${names}.`);
      this.item = null;
      return notices.show(`Not moved: clash with ${names}.`, "bad");
    }
    this.item = null;
    const { booking, space, from, to } = item;
    if (!booking) return this.actions.create(space, { from, to });
    if (space === booking.space && from === booking.from && to === booking.to) return notices.announce("Left where it was.");
    if (booking.series) {
      this.dropped = { ...item, booking };
      return;
    }
    this.actions.move(booking, space, { from, to }).then(() => {
      if (item.by === "keys") this.actions.focus(booking.id);
    });
  }

  /** Ends the drag of a booking that somebody else has cancelled, or taken to another day. */
  endIfGone(): void {
    const booking = this.item?.booking;
    if (!booking || (this.grid.dayStore.find(booking.id)?.status ?? "cancelled") !== "cancelled") return;
    this.item = null;
    notices.show(`Not moved: ${booking.title} is no longer here. Somebody else cancelled or moved it.`, "bad");
  }

  cancel(): void {
    this.item = null;
    notices.announce("Left where it was.");
  }

  /** Ends the question which dates of a series move; `work` shows them where they are then. Without it they stay. */
  async decided(work?: Promise<unknown>): Promise<void> {
    const id = this.dropped!.booking.id;
    this.dropped = null;
    if (!work) notices.announce("Left where it was.");
    await work;
    this.actions.focus(id);
  }

  /** The action of a key during a drag by keys; null for none. */
  keyAction(event: KeyboardEvent): (() => void) | null {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => this.shift(-1, event.shiftKey),
      ArrowRight: () => this.shift(1, event.shiftKey),
      ArrowUp: () => this.shift(0, false, -1),
      ArrowDown: () => this.shift(0, false, 1),
      Enter: () => this.drop(),
      Escape: () => this.cancel(),
      Tab: () => this.cancel(),
    };
    return keys[event.key] ?? null;
  }
}

/** Scrolls just far enough to show a span of a row, its start before its end. */
export function scrollToCell(grid: TimelineGrid, row: number, span: Span): void {
  const { scroller, tops } = grid;
  if (!scroller || row < 0) return;
  const { from, to } = grid.clip(span);
  const [left, right] = [grid.x(from), grid.x(to)];
  const seen = grid.width - grid.nameWidth;
  if (left < scroller.scrollLeft || right - left > seen) scroller.scrollLeft = left - 20;
  else if (right > scroller.scrollLeft + seen) scroller.scrollLeft = right - seen + 20;
  const under = grid.height - HEAD_PX;
  if (tops[row]! < grid.scroll) scroller.scrollTop = tops[row]!;
  else if (tops[row + 1]! > grid.scroll + under) scroller.scrollTop = tops[row + 1]! - under;
  grid.scroll = scroller.scrollTop;
}

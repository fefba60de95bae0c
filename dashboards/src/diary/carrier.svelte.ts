/** Carries a booking to another time or room, by pointer or by keys, and says what it would meet there. */
import { type Booking, placesOf } from "../model.ts";
import { voice } from "../voice.svelte.ts";
import { shortDay, span } from "../zone.ts";
import { type Board, HEAD_PX } from "./board.svelte.ts";
import type { Deeds } from "./hands.svelte.ts";
import { HOUR_PX, placesLeft, type Span } from "./grid.ts";
import { at, carried, clashes, type Grip, SNAP } from "./grip.ts";
import { reveal } from "./reveal.ts";

export interface Load extends Span {
  /** Null while free time is being drawn over, for a new booking. */
  booking: Booking | null;
  space: string;
  grip: Grip;
}

export interface Press extends Load {
  x: number;
  y: number;
}

/** Where a pointer is: pixels from the start of the day, and the row under it. */
export function spot({ scroller, tops, rows, nameWidth }: Board, event: MouseEvent): { x: number; row: number } {
  const box = scroller!.getBoundingClientRect();
  const y = event.clientY - box.top + scroller!.scrollTop - HEAD_PX;
  const row = tops.findLastIndex((top) => top <= y);
  return {
    x: event.clientX - box.left + scroller!.scrollLeft - nameWidth,
    row: Math.max(0, Math.min(row, rows.length - 1)),
  };
}

export class Carrier {
  load = $state.raw<(Load & { by: "pointer" | "keys" }) | null>(null);
  readonly clash = $derived(this.load ? this.clashesOf(this.load) : []);
  private readonly board: Board;
  private readonly deeds: Deeds;

  constructor(board: Board, deeds: Deeds) {
    this.board = board;
    this.deeds = deeds;
  }

  private clashesOf(load: Load): Booking[] {
    const { bookings, sharing } = this.board.sheet;
    const met = clashes(bookings, sharing.get(load.space) ?? new Set(), load, load.booking?.id);
    const size = this.board.sheet.space(load.space)?.pool_size;
    if (!size) return met;
    const wanted = load.booking ? placesOf(load.booking) : 1;
    const fitting = placesLeft(size, load, met.map((one) => ({ ...one.widely, places: placesOf(one) })), []).filter(({ places }) => places >= wanted);
    const long = fitting.reduce((sum, { from, to }) => sum + to - from, 0);
    return long < load.to - load.from ? met : [];
  }

  /** "Studio, Tue 24 Nov, 15:15 to 16:15, clashes with Choir" */
  get where(): string {
    const { load, clash } = this;
    if (!load) return "";
    const { sheet } = this.board;
    const result = clash.length ? `clashes with ${clash.map((one) => one.title).join(" and ")}` : "free";
    const when = span(load.from, load.to, sheet.zone, sheet.day);
    return `${sheet.space(load.space)?.name}, ${shortDay(sheet.day)}, ${when}, ${result}`;
  }

  /** Begins to move a booking by keys or buttons. */
  lift(one: Booking): void {
    this.load = { booking: one, space: one.space, from: one.from, to: one.to, grip: "move", by: "keys" };
    this.deeds.focus(one.id);
    voice.say(
      `Moving ${one.title}. Arrows move it by a quarter hour or to another room, Shift and arrows change its end, Enter drops it, Escape leaves it.`,
    );
  }

  /** By quarter hours and rooms; `resize` moves the end alone. */
  shift(steps: number, resize: boolean, rooms = 0): void {
    if (!this.load) return;
    const { spaces, span: day } = this.board.sheet;
    const room = spaces.findIndex((one) => one.id === this.load?.space) + rooms;
    const space = spaces[Math.max(0, Math.min(room, spaces.length - 1))]!.id;
    this.load = { ...this.load, space, ...carried(this.load, resize ? "end" : "move", steps * SNAP, day) };
    reveal(this.board, this.board.rowOf(space), this.load);
    voice.say(this.where);
  }

  /** Follows the pointer; near an edge the board scrolls on. */
  drag(press: Press, event: PointerEvent): void {
    const { board } = this;
    const { x, row } = spot(board, event);
    const day = board.sheet.span;
    const by =
      press.grip === "new" ? at(x, day.from) + SNAP - press.from : Math.round((x - press.x) / (HOUR_PX / 4)) * SNAP;
    const space = press.grip === "move" ? board.rows[row]!.space.id : press.space;
    this.load = { ...press, ...carried(press, press.grip, by, day), space, by: "pointer" };
    const scroller = board.scroller!;
    const box = scroller.getBoundingClientRect();
    if (event.clientX > box.right - 30) scroller.scrollLeft += 14;
    else if (event.clientX < box.left + board.nameWidth + 30) scroller.scrollLeft -= 14;
    if (event.clientY > box.bottom - 20) scroller.scrollTop += 10;
    else if (event.clientY < box.top + HEAD_PX + 10) scroller.scrollTop -= 10;
  }

  drop(): void {
    const { load, clash } = this;
    if (!load) return;
    if (clash.length) {
      const names = clash.map((one) => one.title).join(", ");
      if (load.by === "keys") return voice.alert(`Can't be dropped here: clash with ${names}.`);
      this.load = null;
      return voice.show(`Not moved: clash with ${names}.`, "bad");
    }
    this.load = null;
    const { booking, space, from, to } = load;
    if (!booking) return this.deeds.create(space, { from, to });
    if (space === booking.space && from === booking.from && to === booking.to) return voice.say("Left where it was.");
    this.deeds.move(booking, space, { from, to }).then(() => {
      if (load.by === "keys") this.deeds.focus(booking.id);
    });
  }

  leave(): void {
    this.load = null;
    voice.say("Left where it was.");
  }

  /** What a key does while something is carried by keys; null if nothing. */
  act(event: KeyboardEvent): (() => void) | null {
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.shift(-1, event.shiftKey),
      ArrowRight: () => this.shift(1, event.shiftKey),
      ArrowUp: () => this.shift(0, false, -1),
      ArrowDown: () => this.shift(0, false, 1),
      Enter: () => this.drop(),
      Escape: () => this.leave(),
      Tab: () => this.leave(),
    };
    return acts[event.key] ?? null;
  }
}

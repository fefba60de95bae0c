/** What keys and pointers do on the board: go from cell to cell, choose, draw over free time, take hold of bookings. */
import { type Booking, STATUS_WORDS } from "../model.ts";
import { voice } from "../voice.svelte.ts";
import { HOUR, type Instant } from "../zone.ts";
import type { Board, Found } from "./board.svelte.ts";
import { Carrier, type Press, spot } from "./carrier.svelte.ts";
import { HOUR_PX, type Span } from "./grid.ts";
import { at, gripAt, SNAP } from "./grip.ts";
import { type Cell, cellAt } from "./rows.ts";

const DRAG_PX = 5;

export interface Deeds {
  now: () => Instant;
  open: (one: Booking) => void;
  create: (space: string, when: Span) => void;
  move: (one: Booking, space: string, when: Span) => Promise<void>;
  focusCell: (found: Found) => void;
  focus: (key: string) => void;
}

export class Hands {
  readonly board: Board;
  readonly carrier: Carrier;
  /** The free time a click would take. */
  hint = $state.raw<(Span & { top: number; height: number }) | null>(null);
  private readonly deeds: Deeds;
  private press: Press | null = null;
  private dragged = false;
  /** The time kept while going up and down. */
  private column = 0;

  constructor(board: Board, deeds: Deeds) {
    this.board = board;
    this.deeds = deeds;
    this.carrier = new Carrier(board, deeds);
  }

  cellOf(event: Event): Cell | null {
    const holder = (event.target as HTMLElement).closest<HTMLElement>("[data-key]");
    return (holder && this.board.locate(holder.dataset.key ?? "")?.cell) ?? null;
  }

  /** A click on free time takes the half hour under it. */
  private clicked(cell: Cell, x: number): Instant {
    return Math.max(cell.from, this.board.sheet.span.from + Math.floor((x / HOUR_PX) * 2) * (HOUR / 2));
  }

  private choose(cell: Cell, from: Instant): void {
    const taken = cell.booking ?? cell.other;
    if (taken) this.deeds.open(taken);
    else this.deeds.create(cell.space, { from, to: Math.min(from + HOUR, cell.to) });
  }

  /** Where a booking made by Enter begins: now in the stretch that holds it, else at its start. */
  private enter(cell: Cell): void {
    const next = Math.ceil(this.deeds.now() / SNAP) * SNAP;
    this.choose(cell, next > cell.from && next < cell.to ? next : cell.from);
  }

  private along(row: number, cell: Cell | undefined): void {
    if (!cell) return;
    this.column = this.board.within(cell).from;
    this.deeds.focusCell({ row, cell });
  }

  private across(row: number, from: Cell): void {
    const { rows } = this.board;
    const next = Math.max(0, Math.min(row, rows.length - 1));
    const cell = cellAt(rows[next]!, this.column || this.board.within(from).from);
    if (cell) this.deeds.focusCell({ row: next, cell });
  }

  private take(cell: Cell): void {
    const one = cell.booking;
    if (!one) return;
    if (movable(one)) this.carrier.lift(one);
    else voice.say(`${one.title}: ${STATUS_WORDS[one.status]}. It cannot be moved.`);
  }

  key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    if (this.carrier.load?.by === "keys") {
      const act = this.carrier.act(event);
      if (act && event.key !== "Tab") event.preventDefault();
      return act?.();
    }
    const here = this.board.locate((event.target as HTMLElement).dataset.key ?? "");
    if (!here) return;
    const { row, cell } = here;
    const { cells } = this.board.rows[row]!;
    const last = this.board.rows.length - 1;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.along(row, cells[cells.indexOf(cell) - 1]),
      ArrowRight: () => this.along(row, cells[cells.indexOf(cell) + 1]),
      ArrowUp: () => this.across(row - 1, cell),
      ArrowDown: () => this.across(row + 1, cell),
      PageUp: () => this.across(row - 5, cell),
      PageDown: () => this.across(row + 5, cell),
      Home: () => (event.ctrlKey ? this.across(0, cell) : this.along(row, cells[0])),
      End: () => (event.ctrlKey ? this.across(last, cell) : this.along(row, cells.at(-1))),
      Enter: () => this.enter(cell),
      " ": () => this.enter(cell),
      m: () => this.take(cell),
      M: () => this.take(cell),
    };
    const act = acts[event.key];
    if (!act || (event.ctrlKey && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    act();
  }

  down(event: PointerEvent): void {
    this.dragged = false;
    const cell = this.cellOf(event);
    if (event.button || event.pointerType === "touch" || this.carrier.load || !cell) return;
    const { board } = this;
    const { x } = spot(board, event);
    const { booking, space } = cell;
    if (cell.other) return;
    const begin = { x, y: event.clientY, booking, space };
    if (!booking) {
      const from = Math.max(cell.from, at(x, board.sheet.span.from));
      this.press = { ...begin, grip: "new", from, to: from };
    } else if (movable(booking)) {
      const grip = gripAt(x, board.x(cell.from), board.x(cell.to));
      this.press = { ...begin, grip, from: cell.from, to: cell.to };
    }
  }

  over(event: PointerEvent, grid: HTMLElement): void {
    const { press, carrier } = this;
    if (!press) return this.peek(event);
    const { x } = spot(this.board, event);
    if (!carrier.load && Math.abs(x - press.x) < DRAG_PX && Math.abs(event.clientY - press.y) < DRAG_PX) return;
    if (!this.dragged) grid.setPointerCapture(event.pointerId);
    this.dragged = true;
    this.hint = null;
    carrier.drag(press, event);
  }

  private peek(event: PointerEvent): void {
    const cell = event.pointerType === "mouse" && !this.carrier.load ? this.cellOf(event) : null;
    this.hint = null;
    if (!cell || cell.booking || cell.other) return;
    const { x, row } = spot(this.board, event);
    const from = this.clicked(cell, x);
    this.hint = { top: this.board.tops[row]! + cell.top, height: cell.height, from, to: Math.min(from + HOUR, cell.to) };
  }

  up(): void {
    this.press = null;
    if (this.carrier.load?.by === "pointer") this.carrier.drop();
  }

  /** Lets go without dropping. */
  letGo(): void {
    this.press = null;
    if (this.carrier.load?.by === "pointer") this.carrier.load = null;
  }

  click(event: MouseEvent): void {
    const cell = this.cellOf(event);
    if (this.dragged || this.carrier.load || !cell) return;
    this.column = cell.from;
    this.choose(cell, this.clicked(cell, spot(this.board, event).x));
  }
}

function movable(one: Booking): boolean {
  return one.actions.includes("change") && one.status !== "finished";
}

/** Keyboard and pointer input on the grid: move between cells, choose, draw new bookings, drag bookings. */
import { type Booking, STATUS_WORDS } from "../model.ts";
import { notices } from "../notices.svelte.ts";
import { HOUR, type Instant } from "../zone.ts";
import type { TimelineGrid, CellPosition } from "./timelineGrid.svelte.ts";
import { Drag, type DragStart, pointerPosition } from "./drag.svelte.ts";
import { HOUR_PX, type Span } from "./geometry.ts";
import { instantAt, dragHandleAt, SNAP } from "./dragGeometry.ts";
import { type Cell, cellAt } from "./roomRows.ts";

const DRAG_PX = 5;

export interface GridActions {
  now: () => Instant;
  open: (one: Booking) => void;
  create: (space: string, when: Span) => void;
  move: (one: Booking, space: string, when: Span, overrule?: boolean) => Promise<void>;
  changed: (one: Booking) => void;
  focusCell: (found: CellPosition) => void;
  focus: (key: string) => void;
}

export class GridInput {
  readonly grid: TimelineGrid;
  readonly drag: Drag;
  /** The free time that a click would book. */
  hovered = $state.raw<(Span & { top: number; height: number }) | null>(null);
  private readonly actions: GridActions;
  private dragStart: DragStart | null = null;
  private dragged = false;
  /** The time that stays the same when moving up and down, and the row when moving left and right. */
  private column = 0;
  private line = 0;

  constructor(grid: TimelineGrid, actions: GridActions) {
    this.grid = grid;
    this.actions = actions;
    this.drag = new Drag(grid, actions);
  }

  cellOf(event: Event): Cell | null {
    const holder = (event.target as HTMLElement).closest<HTMLElement>("[data-key]");
    return (holder && this.grid.locate(holder.dataset.key ?? "")?.cell) ?? null;
  }

  /** A click on free time starts at the half hour under the pointer. */
  private clicked(cell: Cell, x: number): Instant {
    return Math.max(cell.from, this.grid.dayStore.span.from + Math.floor((x / HOUR_PX) * 2) * (HOUR / 2));
  }

  private choose(cell: Cell, from: Instant): void {
    const taken = cell.booking ?? cell.others[0];
    if (taken) this.actions.open(taken);
    else this.actions.create(cell.space, { from, to: Math.min(from + HOUR, cell.to) });
  }

  /** Enter creates a booking that starts now, if the free time includes now, else at its start. */
  private enter(cell: Cell): void {
    const next = Math.ceil(this.actions.now() / SNAP) * SNAP;
    this.choose(cell, next > cell.from && next < cell.to ? next : cell.from);
  }

  /** The cells of a row, with those that reach over it. */
  private standing(row: number): CellPosition[] {
    const { rows } = this.grid;
    const found = rows[row]!.cells.map((cell) => ({ row, cell }));
    const over = rows.slice(0, row).flatMap((one, above) => (above + one.covers >= row ? one.cells.map((cell) => ({ row: above, cell })) : []));
    return [...found, ...over.filter(({ cell }) => cell.spans)].sort((a, b) => a.cell.from - b.cell.from || a.cell.top - b.cell.top);
  }

  /** Goes to the cell of a row at a time, else the nearest. */
  private go(row: number, at: Instant): void {
    const { rows } = this.grid;
    this.line = Math.max(0, Math.min(row, rows.length - 1));
    const found = this.standing(this.line);
    const cell = cellAt({ cells: found.map((one) => one.cell) }, at);
    this.actions.focusCell(found.find((one) => one.cell === cell)!);
  }

  private goAlong(found: CellPosition | undefined): void {
    if (!found) return;
    this.column = this.grid.clip(found.cell).from;
    this.actions.focusCell(found);
  }

  private startMove(cell: Cell): void {
    const one = cell.booking;
    if (!one) return;
    if (movable(one)) this.drag.startMove(one);
    else notices.announce(`${one.title}: ${STATUS_WORDS[one.status]}. It cannot be moved.`);
  }

  key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    if (this.drag.item?.by === "keys") {
      const act = this.drag.keyAction(event);
      if (act && event.key !== "Tab") event.preventDefault();
      return act?.();
    }
    const here = this.grid.locate((event.target as HTMLElement).dataset.key ?? "");
    if (!here) return;
    const { row, cell } = here;
    const last = this.grid.rows.length - 1;
    const end = row + (cell.spans ? this.grid.rows[row]!.covers : 0);
    if (this.line < row || this.line > end) this.line = row;
    const along = this.standing(this.line);
    const n = along.findIndex((one) => one.cell === cell);
    const at = this.column || this.grid.clip(cell).from;
    const keys: Record<string, () => void> = {
      ArrowLeft: () => this.goAlong(along[n - 1]),
      ArrowRight: () => this.goAlong(along[n + 1]),
      ArrowUp: () => this.go(row - 1, at),
      ArrowDown: () => this.go(end + 1, at),
      PageUp: () => this.go(row - 5, at),
      PageDown: () => this.go(end + 5, at),
      Home: () => (event.ctrlKey ? this.go(0, at) : this.goAlong(along[0])),
      End: () => (event.ctrlKey ? this.go(last, at) : this.goAlong(along.at(-1))),
      Enter: () => this.enter(cell),
      " ": () => this.enter(cell),
      m: () => this.startMove(cell),
      M: () => this.startMove(cell),
    };
    const act = keys[event.key];
    if (!act || (event.ctrlKey && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    act();
  }

  down(event: PointerEvent): void {
    this.dragged = false;
    const cell = this.cellOf(event);
    if (event.button || event.pointerType === "touch" || this.drag.item || !cell) return;
    const { grid } = this;
    const { x, row } = pointerPosition(grid, event);
    const { booking, space } = cell;
    if (cell.others.length) return;
    const begin = { x, y: event.clientY, row, booking, space };
    if (!booking) {
      const from = Math.max(cell.from, instantAt(x, grid.dayStore.span.from));
      this.dragStart = { ...begin, handle: "new", from, to: from };
    } else if (movable(booking)) {
      const handle = dragHandleAt(x, grid.x(cell.from), grid.x(cell.to));
      this.dragStart = { ...begin, handle, from: cell.from, to: cell.to };
    }
  }

  over(event: PointerEvent, element: HTMLElement): void {
    const { dragStart, drag } = this;
    if (!dragStart) return this.hover(event);
    const { x } = pointerPosition(this.grid, event);
    if (!drag.item && Math.abs(x - dragStart.x) < DRAG_PX && Math.abs(event.clientY - dragStart.y) < DRAG_PX) return;
    if (!this.dragged) element.setPointerCapture(event.pointerId);
    this.dragged = true;
    this.hovered = null;
    drag.follow(dragStart, event);
  }

  private hover(event: PointerEvent): void {
    const cell = event.pointerType === "mouse" && !this.drag.item ? this.cellOf(event) : null;
    this.hovered = null;
    if (!cell || cell.booking || cell.others.length) return;
    const { x, row } = pointerPosition(this.grid, event);
    const from = this.clicked(cell, x);
    this.hovered = { top: this.grid.tops[row]! + cell.top, height: cell.height, from, to: Math.min(from + HOUR, cell.to) };
  }

  up(): void {
    this.dragStart = null;
    if (this.drag.item?.by === "pointer") this.drag.drop();
  }

  /** Ends a drag by pointer without dropping. */
  cancelDrag(): void {
    this.dragStart = null;
    if (this.drag.item?.by === "pointer") this.drag.item = null;
  }

  click(event: MouseEvent): void {
    const cell = this.cellOf(event);
    if (this.dragged || this.drag.item || !cell) return;
    this.column = cell.from;
    this.choose(cell, this.clicked(cell, pointerPosition(this.grid, event).x));
  }
}

function movable(one: Booking): boolean {
  return one.actions.includes("change") && one.status !== "finished";
}

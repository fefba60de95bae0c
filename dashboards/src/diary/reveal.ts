/** Scrolls the grid to a cell. */
import { type TimelineGrid, HEAD_PX } from "./timelineGrid.svelte.ts";
import type { Span } from "./geometry.ts";

/** Scrolls just far enough to show a span of a row, its start before its end. */
export function reveal(grid: TimelineGrid, row: number, span: Span): void {
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

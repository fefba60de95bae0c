/** Bringing a part of the board into its window. */
import { type Board, HEAD_PX } from "./board.svelte.ts";
import type { Span } from "./grid.ts";

/** Scrolls just far enough to show a span of a row, its start before its end. */
export function reveal(board: Board, row: number, span: Span): void {
  const { scroller, tops } = board;
  if (!scroller || row < 0) return;
  const { from, to } = board.within(span);
  const [left, right] = [board.x(from), board.x(to)];
  const seen = board.width - board.nameWidth;
  if (left < scroller.scrollLeft || right - left > seen) scroller.scrollLeft = left - 20;
  else if (right > scroller.scrollLeft + seen) scroller.scrollLeft = right - seen + 20;
  const under = board.height - HEAD_PX;
  if (tops[row]! < board.scroll) scroller.scrollTop = tops[row]!;
  else if (tops[row + 1]! > board.scroll + under) scroller.scrollTop = tops[row + 1]! - under;
  board.scroll = scroller.scrollTop;
}

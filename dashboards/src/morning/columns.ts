/** The parts of the page, and its two columns. Pure. */
import "../parts/moreIcons.ts";
import type { IconName } from "../parts/icons.ts";

/** In their order; `link`: as after a number. */
export const PARTS: { id: string; icon: IconName; title: string; link: string }[] = [
  { id: "late", icon: "clock", title: "Late now", link: "late" },
  { id: "requests", icon: "ask", title: "Waiting for a decision", link: "to decide" },
  { id: "affected", icon: "warn", title: "Hit by a closure or a change", link: "hit by a change" },
  { id: "doors", icon: "door", title: "Doors that do not work", link: "doors that do not work" },
  { id: "unready", icon: "lock", title: "Codes that are not on the door", link: "not on the door" },
  { id: "calls", icon: "people", title: "To ring", link: "to ring" },
  { id: "problems", icon: "warn", title: "Reported problems", link: "reported" },
  { id: "documents", icon: "copy", title: "Documents to ask for", link: "to ask for a document" },
  { id: "changed", icon: "repeat", title: "Changed", link: "changed" },
  { id: "unused", icon: "dash", title: "Booked and not used", link: "not used" },
];

export interface Part {
  id: string;
  /** Items that it shows. */
  count: number;
}

/** How high an item is, beside others; those with buttons for a decision are the highest. */
const HEIGHTS: Record<string, number> = { requests: 3, affected: 3, doors: 3, documents: 3 };
const HEAD = 1.5;
const USUAL = 2.2;

/** Cuts the parts, in their order, where the columns differ the least in height; one part alone has one column. */
export function columns(parts: readonly Part[]): [string[], string[]] {
  const heights = parts.map(({ id, count }) => HEAD + count * (HEIGHTS[id] ?? USUAL));
  const total = heights.reduce((sum, one) => sum + one, 0);
  let [best, cut, left] = [total, parts.length, 0];
  heights.forEach((height, at) => {
    left += height;
    const apart = Math.abs(total - 2 * left);
    if (apart < best) [best, cut] = [apart, at + 1];
  });
  const ids = parts.map(({ id }) => id);
  return [ids.slice(0, cut), ids.slice(cut)];
}

/** Lanes of a room, one below the other, for bookings that overlap. Pure. */
import type { Span } from "./geometry.ts";
import type { Instant } from "../zone.ts";

export const LANE_PX = 44;
export const LANE_MOST_PX = 64;

/**
 * Lanes for one room, per group of bookings that overlap, so that two bookings at once in the morning
 * do not make the evening's blocks thinner.
 */
export function lanes<T extends Span>(items: readonly T[]): { item: T; lane: number; of: number }[] {
  const sorted = [...items].sort((a, b) => a.from - b.from || b.to - a.to);
  const placed: { item: T; lane: number; of: number }[] = [];
  let group: typeof placed = [];
  let ends: Instant[] = [];
  const close = () => {
    for (const one of group) one.of = ends.length;
    group = [];
    ends = [];
  };
  for (const item of sorted) {
    if (group.length && Math.max(...ends) <= item.from) close();
    let lane = ends.findIndex((end) => end <= item.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = item.to;
    const one = { item, lane, of: 1 };
    group.push(one);
    placed.push(one);
  }
  close();
  return placed;
}

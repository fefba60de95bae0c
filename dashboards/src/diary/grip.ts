/** What is taken hold of in the timeline, and what it would meet: pure sums that only hands on the board need. */
import { type Booking, holds } from "../model.ts";
import { HOUR, type Instant, MINUTE } from "../zone.ts";
import { HOUR_PX, type Span } from "./grid.ts";

export const SNAP = 15 * MINUTE;

/** The instant under a pixel, snapped to the quarter hour it lies in (or nearest to, for `round`). */
export function at(x: number, dayFrom: Instant, how: "floor" | "round" = "floor"): Instant {
  return dayFrom + Math[how](((x / HOUR_PX) * HOUR) / SNAP) * SNAP;
}

function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Bookings that hold any of these rooms in this span. */
export function clashes(
  bookings: readonly Booking[],
  rooms: ReadonlySet<string>,
  when: Span,
  but?: string,
): Booking[] {
  return bookings.filter((one) => rooms.has(one.space) && one.id !== but && holds(one) && overlaps(one, when));
}

export type Grip = "move" | "start" | "end" | "new";

const GRIP_PX = 9;

/** What a pointer takes hold of: an end of a block, or all of it. */
export function gripAt(x: number, left: number, right: number): Grip {
  if (right - left < 4 * GRIP_PX) return "move";
  return x < left + GRIP_PX ? "start" : x > right - GRIP_PX ? "end" : "move";
}

/** A span as it is carried by pointer or keys: moved by `by`, never shorter than a quarter hour, inside the day. */
export function carried(span: Span, grip: Grip, by: number, day: Span): Span {
  if (grip === "start") return { from: Math.max(day.from, Math.min(span.from + by, span.to - SNAP)), to: span.to };
  if (grip === "end" || grip === "new")
    return { from: span.from, to: Math.min(day.to, Math.max(span.to + by, span.from + SNAP)) };
  const step = Math.max(day.from - span.from, Math.min(by, day.to - span.to));
  const kept = span.from < day.from || span.to > day.to ? 0 : step;
  return { from: span.from + kept, to: span.to + kept };
}

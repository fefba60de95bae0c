/** Positions and clashes of a drag in the timeline. Pure; only input on the grid needs it. */
import { type Booking, holds } from "../model.ts";
import { type Day, dayOf, dayPlus, HOUR, type Instant, instantOf, MINUTE, minutesOf, utcMidnight } from "../zone.ts";
import { HOUR_PX, type Span } from "./geometry.ts";

export const SNAP = 15 * MINUTE;

/** The instant at a pixel, rounded down to a quarter hour (or to the nearest, for `round`). */
export function instantAt(x: number, dayFrom: Instant, how: "floor" | "round" = "floor"): Instant {
  return dayFrom + Math[how](((x / HOUR_PX) * HOUR) / SNAP) * SNAP;
}

function overlaps(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

/** Bookings that occupy any of these rooms in this span. */
export function clashes(
  bookings: readonly Booking[],
  rooms: ReadonlySet<string>,
  when: Span,
  but?: string,
): Booking[] {
  return bookings.filter((one) => rooms.has(one.space) && one.id !== but && holds(one) && overlaps(one, when));
}

export type DragHandle = "move" | "start" | "end" | "new";

const HANDLE_PX = 9;

/** What a pointer drags: an end of a block, or the whole block. */
export function dragHandleAt(x: number, left: number, right: number): DragHandle {
  if (right - left < 4 * HANDLE_PX) return "move";
  return x < left + HANDLE_PX ? "start" : x > right - HANDLE_PX ? "end" : "move";
}

/** A span dragged by `by`: never shorter than a quarter hour, and inside the day. */
export function draggedSpan(span: Span, handle: DragHandle, by: number, day: Span): Span {
  if (handle === "start") return { from: Math.max(day.from, Math.min(span.from + by, span.to - SNAP)), to: span.to };
  if (handle === "end" || handle === "new")
    return { from: span.from, to: Math.min(day.to, Math.max(span.to + by, span.from + SNAP)) };
  const step = Math.max(day.from - span.from, Math.min(by, day.to - span.to));
  const kept = span.from < day.from || span.to > day.to ? 0 : step;
  return { from: span.from + kept, to: span.to + kept };
}

/** A span at the same times of the clock on another day; null if one of them does not exist on it. On its own day it is as it was. */
export function onDay(span: Span, day: Day, zone: string): Span | null {
  const begins = dayOf(span.from, zone);
  if (begins === day) return { from: span.from, to: span.to };
  const later = Math.round((utcMidnight(dayOf(span.to, zone)) - utcMidnight(begins)) / (24 * HOUR));
  const [from, to] = [instantOf(day, minutesOf(span.from, zone), zone), instantOf(dayPlus(day, later), minutesOf(span.to, zone), zone)];
  return from !== null && to !== null && to > from ? { from, to } : null;
}

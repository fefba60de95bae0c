/** Where and when a new booking begins, if nobody has chosen a time. Pure. */
import type { Mode, Space } from "../model.ts";
import { HOUR, type Instant } from "../zone.ts";
import type { Span } from "./geometry.ts";

const USUAL_OPENING_H = 10;

/** An hour in the first room of a building: from now on while it is open that day, else as it opens. */
export function soon(spaces: readonly Space[], modes: readonly Mode[], day: Span, now: Instant): { space: string } & Span {
  const rooms = spaces.filter(({ bookable }) => bookable);
  const room = rooms.find(({ kind }) => kind === "room") ?? rooms[0] ?? spaces[0];
  const next = Math.ceil((now + 1) / HOUR) * HOUR;
  const open = modes.filter(({ mode }) => mode !== "closed").sort((a, b) => a.from - b.from);
  const fits = open.map(({ from, to }) => ({ from: Math.max(from, next), to })).find(({ from, to }) => to - from >= HOUR);
  const usual = day.from + USUAL_OPENING_H * HOUR;
  const from = fits?.from ?? Math.min(Math.max(usual, next), Math.max(day.to - HOUR, next));
  return { space: room?.id ?? "", from, to: from + HOUR };
}

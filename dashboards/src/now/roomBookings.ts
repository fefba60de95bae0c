/** Current, next and late bookings of a building's rooms. Pure. */
import { type Booking, holds, type Space } from "../model.ts";
import { clock, dayOf, type Instant, MINUTE, momentText, shortDay } from "../zone.ts";

/** A booking is not late until this long after its start. */
export const GRACE_MS = 10 * MINUTE;

export interface RoomState {
  space: Space;
  now: Booking[];
  next: Booking | null;
}

/** The rooms with a current or later booking, in their order. */
export function roomBookings(spaces: readonly Space[], bookings: readonly Booking[], now: Instant): RoomState[] {
  const live = [...bookings].filter((one) => holds(one) && one.status !== "no_show").sort((a, b) => a.from - b.from);
  return spaces.flatMap((space) => {
    const here = live.filter((one) => one.space === space.id && one.to > now);
    const running = here.filter((one) => one.from <= now && one.status !== "finished");
    const next = here.find((one) => one.from > now) ?? null;
    return running.length || next ? [{ space, now: running, next }] : [];
  });
}

/** Whether it began a while ago and nobody has come. */
export function isLate(one: Booking, now: Instant): boolean {
  return one.status === "confirmed" && now - one.from >= GRACE_MS;
}

/** "here since 18:02, 12 came in, until 20:00", "nobody has come; cancelled if nobody arrives by 18:30", "begins", of one that runs. */
export function runningText(one: Booking, zone: string, now: Instant): string {
  const until = `until ${momentText(one.to, zone, now)}`;
  if (one.arrived_at) {
    const came = one.counted_in ? `, ${one.counted_in} came in` : "";
    return `here since ${momentText(Date.parse(one.arrived_at), zone, now)}${came}, ${until}`;
  }
  if (one.status === "held") return `waits for approval, ${until}`;
  const back = one.release_at ? `; cancelled if nobody arrives by ${momentText(Date.parse(one.release_at), zone, now)}` : "";
  return `${isLate(one, now) ? "nobody has come" : "nobody has come yet"}, ${until}${back}`;
}

/** "18:00", "Thu 26 Nov 18:00": when the next one begins. */
export function startText(one: Booking, zone: string, now: Instant): string {
  const day = dayOf(one.from, zone);
  return day === dayOf(now, zone) ? clock(one.from, zone) : `${shortDay(day)} ${clock(one.from, zone)}`;
}

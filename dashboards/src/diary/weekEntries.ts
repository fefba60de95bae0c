/** What stands in the cells of a week: entries of each room and day, and when the building is open. Pure. */
import { type Booking, holds, isPending, type Mode, type Space } from "../model.ts";
import { type Day, HOUR, type Instant, span } from "../zone.ts";
import { sharing } from "./geometry.ts";

/** An entry in a cell of the week. `other`: a booking of another room that also occupies this one. */
export interface Entry {
  booking: Booking;
  other: boolean;
}

/** Room and day -> entries, by start; a booking is an entry of every day that it touches. */
export function entriesOf(
  spaces: readonly Space[],
  bookings: readonly Booking[],
  starts: readonly Instant[],
): Map<string, Entry[]> {
  const shared = sharing(spaces);
  const takers = new Map<string, string[]>();
  for (const [room, rooms] of shared)
    for (const other of rooms) takers.set(other, [...(takers.get(other) ?? []), room]);
  const found = new Map<string, Entry[]>();
  for (const booking of [...bookings].sort((a, b) => a.from - b.from)) {
    if (!holds(booking) && !isPending(booking)) continue;
    for (let day = 0; day + 1 < starts.length; day++) {
      if (booking.from >= starts[day + 1]! || booking.to <= starts[day]!) continue;
      for (const room of takers.get(booking.space) ?? [booking.space]) {
        const other = room !== booking.space;
        if (other && !holds(booking)) continue;
        const key = `${room} ${day}`;
        const there = found.get(key);
        if (there) there.push({ booking, other });
        else found.set(key, [{ booking, other }]);
      }
    }
  }
  return found;
}

/** When a building is open on a day, as text; `hours`: the length of a day that is not 24 hours long. */
export interface Opening {
  open: string[];
  note: string;
  hours: number | null;
}

/** The opening of each day; `starts`: see `WeekStore`. */
export function openings(modes: readonly Mode[], days: readonly Day[], starts: readonly Instant[], zone: string): Opening[] {
  return days.map((day, n) => {
    const [from, to] = [starts[n]!, starts[n + 1]!];
    const here = modes.filter((one) => one.from < to && one.to > from);
    const hours = (to - from) / HOUR;
    return {
      open: here
        .filter((one) => one.mode !== "closed")
        .map((one) => {
          const when = span(Math.max(one.from, from), Math.min(one.to, to), zone, day);
          return one.mode === "extended" ? `${when}, members` : when;
        }),
      note: [...new Set(here.map((one) => one.note).filter(Boolean))].join(", "),
      hours: hours === 24 ? null : hours,
    };
  });
}

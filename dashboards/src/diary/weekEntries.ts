/** What stands in the cells of a week: entries of each room and day, and when the building is open. Pure. */
import { type Booking, holds, isPending, type Mode, type Space } from "../model.ts";
import { type Day, HOUR, type Instant, span } from "../zone.ts";
import { placed, sharing } from "./geometry.ts";

/** An entry in a cell of the week. `part`: the part that is booked, of the row's room; `other`: a booking of another room that also occupies this one. */
export interface Entry {
  booking: Booking;
  part: string;
  other: boolean;
}

/** A row of the week: a room with all its parts. */
export interface WeekRow {
  space: Space;
  parts: Space[];
}

export function weekRows(spaces: readonly Space[]): WeekRow[] {
  const rooms = placed(spaces);
  return rooms.flatMap(({ space, depth, covers }, n) =>
    depth ? [] : [{ space, parts: rooms.slice(n + 1, n + 1 + covers).map((one) => one.space) }],
  );
}

/** Row and day -> entries, by start, each booking once; a booking is an entry of every day that it touches. */
export function entriesOf(
  spaces: readonly Space[],
  bookings: readonly Booking[],
  starts: readonly Instant[],
): Map<string, Entry[]> {
  const shared = sharing(spaces);
  const rows = weekRows(spaces).map(({ space, parts }) => ({
    room: space.id,
    names: new Map([[space.id, ""], ...parts.map((one) => [one.id, one.name] as const)]),
    shares: new Set([space, ...parts].flatMap((one) => [...(shared.get(one.id) ?? [])])),
  }));
  const found = new Map<string, Entry[]>();
  for (const booking of [...bookings].sort((a, b) => a.from - b.from)) {
    if (!holds(booking) && !isPending(booking)) continue;
    for (let day = 0; day + 1 < starts.length; day++) {
      if (booking.from >= starts[day + 1]! || booking.to <= starts[day]!) continue;
      for (const { room, names, shares } of rows) {
        const part = names.get(booking.space);
        const other = part === undefined;
        if (other && !(holds(booking) && shares.has(booking.space))) continue;
        const key = `${room} ${day}`;
        found.set(key, [...(found.get(key) ?? []), { booking, part: part ?? "", other }]);
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

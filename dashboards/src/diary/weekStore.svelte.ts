/** A building's week: what is booked in each room on each of seven days. Keeps the last good values when asked again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { type Booking, holds, isPending, type Mode, toBookings, type Site, type SiteDetail, type Space, type WireBooking } from "../model.ts";
import { type Day, dayPlus, dayStart, HOUR, type Instant, span } from "../zone.ts";
import { sharing } from "./geometry.ts";

/** What a cell of the week shows. `other`: a booking of another room that takes this one as well. */
export interface Entry {
  booking: Booking;
  other: boolean;
}

/** Room and day -> what is there, by start; a booking stands on every day that it touches. */
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

/** When a building is open on a day, in words; `hours`: of a day that is not 24 hours long. */
export interface Opening {
  open: string[];
  note: string;
  hours: number | null;
}

/** For each day of the week; `starts` as the week has them. */
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

export class WeekStore extends Fetched {
  readonly site: Site;
  monday = $state<Day>("");
  detail = $state.raw<SiteDetail | null>(null);
  bookings = $state.raw<Booking[]>([]);
  modes = $state.raw<Mode[]>([]);
  readonly days: Day[] = $derived(Array.from({ length: 7 }, (_, day) => dayPlus(this.monday, day)));
  /** The first instants of the seven days and of the one after. */
  readonly starts: Instant[] = $derived(
    Array.from({ length: 8 }, (_, day) => dayStart(dayPlus(this.monday, day), this.site.zone)),
  );
  readonly entries = $derived(entriesOf(this.detail?.spaces ?? [], this.bookings, this.starts));
  readonly openings = $derived.by(() => openings(this.modes, this.days, this.starts, this.site.zone));

  constructor(site: Site) {
    super();
    this.site = site;
  }

  async open(monday: Day): Promise<void> {
    if (this.monday !== monday) {
      this.monday = monday;
      this.state = "loading";
      this.bookings = [];
    }
    await this.refresh();
  }

  async refresh(): Promise<void> {
    if (!this.monday) return;
    const query = { from: this.monday, to: dayPlus(this.monday, 7) };
    const path = `/sites/${this.site.id}`;
    const fetch = () =>
      Promise.all([
        this.detail ?? get<SiteDetail>(path),
        get<{ items: { starts: string; ends: string; mode: string; note: string | null }[] }>(`${path}/modes`, {
          from: `${query.from}T00:00`,
          to: `${query.to}T00:00`,
        }),
        get<{ items: WireBooking[] }>(`${path}/bookings`, query),
      ]);
    await this.load(fetch, ([detail, modes, bookings]) => {
      this.detail = detail;
      this.modes = modes.items.map((one) => ({ ...one, from: Date.parse(one.starts), to: Date.parse(one.ends) }));
      this.bookings = toBookings(bookings.items, this.bookings);
    });
  }
}

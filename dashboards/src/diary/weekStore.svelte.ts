/** A building's week: the bookings of each room on each of seven days. The last good values stay while they are fetched again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { type Booking, type Mode, type Site, type Space, toBookings, type WireBooking } from "../model.ts";
import { type Day, dayPlus, dayStart, type Instant } from "../zone.ts";
import { entriesOf, openings, weekRows } from "./weekEntries.ts";

export class WeekStore extends Fetched {
  readonly site: Site;
  private readonly rooms: { readonly spaces: Space[] };
  monday = $state<Day>("");
  bookings = $state.raw<Booking[]>([]);
  modes = $state.raw<Mode[]>([]);
  readonly days: Day[] = $derived(Array.from({ length: 7 }, (_, day) => dayPlus(this.monday, day)));
  /** The first instant of each of the seven days and of the next day. */
  readonly starts: Instant[] = $derived(
    Array.from({ length: 8 }, (_, day) => dayStart(dayPlus(this.monday, day), this.site.zone)),
  );
  readonly rows = $derived.by(() => weekRows(this.rooms.spaces));
  readonly entries = $derived.by(() => entriesOf(this.rooms.spaces, this.bookings, this.starts));
  readonly openings = $derived.by(() => openings(this.modes, this.days, this.starts, this.site.zone));

  /** `rooms`: the building's, which the diary fetches. */
  constructor(site: Site, rooms: { readonly spaces: Space[] }) {
    super();
    [this.site, this.rooms] = [site, rooms];
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
        get<{ items: { starts: string; ends: string; mode: string; note: string | null }[] }>(`${path}/modes`, {
          from: `${query.from}T00:00`,
          to: `${query.to}T00:00`,
        }),
        get<{ items: WireBooking[] }>(`${path}/bookings`, query),
      ]);
    await this.load(fetch, ([modes, bookings]) => {
      this.modes = modes.items.map((one) => ({ ...one, from: Date.parse(one.starts), to: Date.parse(one.ends) }));
      this.bookings = toBookings(bookings.items, this.bookings);
    });
  }
}

/** A building's week: the bookings of each room on each of seven days. The last good values stay while they are fetched again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { type Booking, type Mode, type Site, type SiteDetail, toBookings, type WireBooking } from "../model.ts";
import { type Day, dayPlus, dayStart, type Instant } from "../zone.ts";
import { entriesOf, openings, weekRows } from "./weekEntries.ts";

export class WeekStore extends Fetched {
  readonly site: Site;
  monday = $state<Day>("");
  detail = $state.raw<SiteDetail | null>(null);
  bookings = $state.raw<Booking[]>([]);
  modes = $state.raw<Mode[]>([]);
  readonly days: Day[] = $derived(Array.from({ length: 7 }, (_, day) => dayPlus(this.monday, day)));
  /** The first instant of each of the seven days and of the next day. */
  readonly starts: Instant[] = $derived(
    Array.from({ length: 8 }, (_, day) => dayStart(dayPlus(this.monday, day), this.site.zone)),
  );
  readonly rows = $derived(weekRows(this.detail?.spaces ?? []));
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

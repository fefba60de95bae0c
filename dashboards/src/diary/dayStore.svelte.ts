/** One day of a building's diary: opening modes and bookings. The last good values stay while they are fetched again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { type Booking, type Mode, toBookings, type Site, type SiteDetail, type Space, type WireBooking } from "../model.ts";
import { type Day, dayPlus, dayStart } from "../zone.ts";
import { sharing, type Span } from "./geometry.ts";

export class DayStore extends Fetched {
  readonly site: Site;
  day = $state<Day>("");
  detail = $state.raw<SiteDetail | null>(null);
  modes = $state.raw<Mode[]>([]);
  bookings = $state.raw<Booking[]>([]);
  readonly span: Span = $derived.by(() => ({
    from: dayStart(this.day, this.zone),
    to: dayStart(dayPlus(this.day, 1), this.zone),
  }));
  /** For each room, the rooms that share a part with it. */
  readonly sharing = $derived(sharing(this.spaces));
  private busy = false;
  private again = false;
  private puts = 0;
  private fetches = 0;

  constructor(site: Site) {
    super();
    this.site = site;
  }

  get zone(): string {
    return this.site.zone;
  }

  get spaces(): Space[] {
    return this.detail?.spaces ?? [];
  }

  space(id: string): Space | undefined {
    return this.spaces.find((one) => one.id === id);
  }

  find(id: string): Booking | undefined {
    return this.bookings.find((one) => one.id === id);
  }

  async open(day: Day): Promise<void> {
    if (this.day !== day) {
      this.day = day;
      this.state = "loading";
      this.bookings = [];
      this.modes = [];
    }
    await this.fetch();
  }

  /** Fetches again; calls during a fetch cause one more fetch after it. */
  async refresh(): Promise<void> {
    if (this.busy) this.again = true;
    else if (this.day) await this.fetch();
  }

  /** Shows a booking as the server sent it, or as it was dropped, before the next fetch. */
  put(one: Booking): void {
    this.puts += 1;
    const rest = this.bookings.filter((other) => other.id !== one.id);
    const { from, to } = this.span;
    this.bookings = one.from < to && one.to > from && one.site === this.site.id ? [...rest, one] : rest;
  }

  private async fetch(): Promise<void> {
    const { puts } = this;
    const mine = ++this.fetches;
    this.busy = true;
    const { from, to } = this.span;
    // Named by date, as the page's head does, which knows no zone.
    const query = { from: this.day, to: dayPlus(this.day, 1) };
    const path = `/sites/${this.site.id}`;
    const fetch = () =>
      Promise.all([
        this.detail ?? get<SiteDetail>(path),
        get<{ items: { starts: string; ends: string; mode: string; note?: string | null }[] }>(`${path}/modes`, query),
        get<{ items: WireBooking[] }>(`${path}/bookings`, query),
      ]);
    await this.load(fetch, ([detail, modes, bookings]) => {
      // A booking put since may be newer than this answer.
      if (puts !== this.puts) {
        this.again = true;
        return false;
      }
      this.detail = detail;
      const cut = modes.items.map((one) => ({
        from: Math.max(from, Date.parse(one.starts)),
        to: Math.min(to, Date.parse(one.ends)),
        mode: one.mode,
        note: one.note ?? null,
      }));
      if (JSON.stringify(cut) !== JSON.stringify(this.modes)) this.modes = cut;
      this.bookings = toBookings(bookings.items, this.bookings);
      return true;
    });
    if (mine !== this.fetches) return; // a newer one goes on
    this.busy = false;
    if (this.again) {
      this.again = false;
      void this.fetch();
    }
  }
}

/** Today's bookings and the rooms of a building, for Now. The last good values stay if a fetch fails. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { type Booking, toBooking, type SiteDetail, type Space, type WireBooking } from "../model.ts";
import { type Day, dayPlus } from "../zone.ts";

export class TodayStore extends Fetched {
  spaces = $state.raw<Space[]>([]);
  bookings = $state.raw<Booking[] | null>(null);
  private asked = -1;
  /** How many people the rooms hold together, each floor space counted once; null if unknown. */
  readonly capacity: number | null = $derived.by(() => {
    const inside = new Set(this.spaces.flatMap((one) => one.parts));
    const known = this.spaces.filter((one) => !inside.has(one.id)).map((one) => one.capacity ?? one.pool_size);
    const said = known.filter((one) => one !== null);
    return said.length ? said.reduce((sum, one) => sum + one, 0) : null;
  });

  /** `diary`: raised whenever the diary or the building itself has changed; then a room may have another name. */
  async fetch(site: string, day: Day, diary: number): Promise<void> {
    const known = this.spaces.length > 0 && this.asked === diary;
    this.asked = diary;
    const query = { from: day, to: dayPlus(day, 1) };
    const fetch = () =>
      Promise.all([
        known ? null : get<SiteDetail>(`/sites/${site}`),
        get<{ items: WireBooking[] }>(`/sites/${site}/bookings`, query),
      ]);
    await this.load(fetch, ([detail, found]) => {
      if (detail) this.spaces = detail.spaces;
      this.bookings = found.items.map(toBooking);
    });
  }
}

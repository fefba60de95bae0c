/** The bookings of the user's own groups. The last good ones stay while they are fetched again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { toBooking } from "../model.ts";
import type { OwnBooking } from "./own.ts";

const MOST = 500;

export class OwnStore extends Fetched {
  items = $state.raw<OwnBooking[]>([]);
  /** Whether there are more than are shown. */
  more = $state(false);
  private readonly over: boolean;
  private limit: number;

  /** `over`: those that are over, the latest first. `limit`: how many at first. */
  constructor(over: boolean, limit: number) {
    super();
    this.over = over;
    this.limit = limit;
  }

  async refresh(): Promise<void> {
    await this.load(
      () => get<{ items: OwnBooking[]; next: string | null }>("/my/bookings", { over: String(this.over), limit: String(this.limit) }),
      ({ items, next }) => {
        this.items = items.map((one) => toBooking(one) as OwnBooking);
        this.more = next !== null && this.limit < MOST;
      },
    );
  }

  async showMore(): Promise<void> {
    this.limit = Math.min(this.limit * 3, MOST);
    await this.refresh();
  }
}

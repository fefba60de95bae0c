/** The bookings of the user's own groups. The last good ones stay while they are fetched again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { toBooking } from "../model.ts";
import type { OwnBooking } from "./ownBookings.ts";

/** In one answer of the server. */
const MOST = 500;

interface Page {
  items: OwnBooking[];
  next: string | null;
}

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
      () => this.fetch(),
      ({ items, next }) => {
        // What is moved meanwhile may be on two pages.
        this.items = [...new Map(items.map((one) => [one.id, toBooking(one) as OwnBooking])).values()];
        this.more = next !== null;
      },
    );
  }

  async showMore(): Promise<void> {
    this.limit *= 3;
    await this.refresh();
  }

  /** Loads those that are not shown yet; false where some are still not there. */
  async showAll(): Promise<boolean> {
    if (!this.more) return true;
    this.limit = Infinity;
    await this.refresh();
    return !this.more;
  }

  private async fetch(): Promise<Page> {
    const items: OwnBooking[] = [];
    let next: string | null = null;
    let left = this.limit;
    do {
      const limit = String(Math.min(left, MOST));
      const page: Page = await get<Page>("/my/bookings", { over: String(this.over), limit, ...(next ? { after: next } : {}) });
      items.push(...page.items);
      next = page.next;
      left -= MOST;
    } while (next && left > 0);
    return { items, next };
  }
}

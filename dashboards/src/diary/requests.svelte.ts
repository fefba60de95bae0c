/** Requests that wait for approval, at one building or at all. */
import { get, errorText } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { type Booking, toBooking, toBookings, type Reason, type WireBooking } from "../model.ts";

interface Page {
  /** `reasons`: why it cannot be approved now. */
  items: (WireBooking & { reasons: Reason[] })[];
  next: string | null;
}

const PAGE = 50;
const MOST = 500;

export class Requests extends Fetched {
  /** The building; empty for all. */
  readonly site: string;
  items = $state.raw<Booking[]>([]);
  next = $state("");
  private reasons = $state.raw<ReadonlyMap<string, Reason[]>>(new Map());

  constructor(site: string) {
    super();
    this.site = site;
  }

  /** Why a request cannot be approved. */
  blockers(one: Booking): Reason[] {
    return this.reasons.get(one.id) ?? [];
  }

  private async page(after: string, limit: number): Promise<Page> {
    const path = this.site ? `/sites/${this.site}/requests` : "/requests";
    return get<Page>(path, { limit: String(limit), ...(after ? { after } : {}) });
  }

  private know(page: Page, before: ReadonlyMap<string, Reason[]>): void {
    this.reasons = new Map([...before, ...page.items.map((one) => [one.id, one.reasons] as const)]);
    this.next = page.next ?? "";
  }

  async refresh(): Promise<void> {
    const limit = Math.min(MOST, Math.max(PAGE, this.items.length));
    await this.load(
      () => this.page("", limit),
      (page) => {
        this.items = toBookings(page.items, this.items);
        this.know(page, new Map());
      },
    );
  }

  async more(): Promise<void> {
    try {
      const page = await this.page(this.next, PAGE);
      this.items = [...this.items, ...page.items.map(toBooking)];
      this.know(page, this.reasons);
    } catch (thrown) {
      this.fault = errorText(thrown);
    }
  }

  /** Removes a booking that no longer waits. */
  drop(id: string): void {
    this.items = this.items.filter((one) => one.id !== id);
  }
}

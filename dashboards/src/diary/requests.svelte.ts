/** What waits for somebody's word, at one building or at all of them. */
import { get, send, words } from "../api.ts";
import { type Booking, placed, placedAnew, type WireBooking } from "../model.ts";

interface Page {
  items: WireBooking[];
  next: string | null;
}

export class Requests {
  /** The building whose requests these are; empty for all. */
  readonly site: string;
  state = $state<"loading" | "ready" | "failed">("loading");
  fault = $state("");
  items = $state.raw<Booking[]>([]);
  next = $state("");
  private asked = 0;

  constructor(site: string) {
    this.site = site;
  }

  private async page(after: string): Promise<Page> {
    const path = this.site ? `/sites/${this.site}/requests` : "/requests";
    return get<Page>(path, { limit: "50", ...(after ? { after } : {}) });
  }

  async refresh(): Promise<void> {
    const mine = ++this.asked;
    try {
      const page = await this.page("");
      if (mine !== this.asked) return;
      this.items = placedAnew(page.items, this.items);
      this.next = page.next ?? "";
      this.state = "ready";
      this.fault = "";
    } catch (thrown) {
      if (mine !== this.asked) return;
      this.fault = words(thrown);
      if (this.state === "loading") this.state = "failed";
    }
  }

  async more(): Promise<void> {
    try {
      const page = await this.page(this.next);
      this.items = [...this.items, ...page.items.map(placed)];
      this.next = page.next ?? "";
    } catch (thrown) {
      this.fault = words(thrown);
    }
  }

  /** Takes a booking off the list that no longer waits. */
  drop(id: string): void {
    this.items = this.items.filter((one) => one.id !== id);
  }
}

/** Approves or declines a booking, or takes that back. */
export async function decide(one: Booking, act: "approve" | "decline" | "restore", why = ""): Promise<Booking> {
  return placed(await send<WireBooking>("POST", `/bookings/${one.id}/${act}`, why ? { why } : {}));
}

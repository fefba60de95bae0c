/** The bookings that a closure would affect, fetched page by page, and what becomes of each. */
import { errorText, newKey, Refusal, send } from "../api.ts";
import type { Space } from "../model.ts";
import { type Choice, type Hit, likeIt, lost, proposed } from "./decisions.ts";
import type { RequestedClosure } from "./reading.ts";

const MOMENT_MS = 300;
const PAGE = 10;
/** Most that are decided on at once; the others stay undecided. */
const MOST = 300;

interface Page {
  items: Hit[];
  count: number;
  next: string | null;
}

export class Preview {
  hits = $state.raw<Hit[]>([]);
  /** All that it would affect, also those that are not fetched yet; null before the first answer. */
  count = $state<number | null>(null);
  busy = $state(false);
  fault = $state("");
  chosen = $state.raw<Record<string, Choice>>({});
  /** Bookings whose choice of before is not proposed any more. */
  lost = $state.raw<string[]>([]);
  /** Whether it is a door that is closed: then each booking has a reason of its own. */
  door = $state(false);
  private stop: AbortController | null = null;

  clear(): void {
    this.stop?.abort();
    this.hits = [];
    this.count = null;
    this.chosen = {};
    this.lost = [];
    this.busy = false;
    this.fault = "";
  }

  /** Asks after a moment; the function it returns ends that. `wish`: as JSON. */
  run(site: string, wish: string, spaces: readonly Space[]): () => void {
    this.clear();
    const stop = (this.stop = new AbortController());
    this.busy = true;
    this.door = JSON.parse(wish).door !== null;
    const timer = setTimeout(() => this.fetch(site, JSON.parse(wish), spaces, stop.signal), MOMENT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  private async fetch(site: string, wish: RequestedClosure, spaces: readonly Space[], signal: AbortSignal): Promise<void> {
    try {
      let next: string | null = null;
      do {
        const path: string = `/sites/${site}/closure-batches/preview?limit=${PAGE}${next ? `&after=${next}` : ""}`;
        const page: Page = await send<Page>("POST", path, wish, newKey(), signal);
        // A booking that is moved meanwhile may come twice.
        const known = new Set(this.hits.map(({ booking }) => booking.id));
        this.hits = [...this.hits, ...page.items.filter(({ booking }) => !known.has(booking.id))];
        this.count = page.count;
        const lacking = lost(this.hits, this.chosen);
        this.lost = [...this.lost, ...lacking];
        this.chosen = { ...this.chosen, ...Object.fromEntries(lacking.map((id) => [id, "later"])) };
        this.chosen = proposed(this.hits, this.chosen, spaces);
        next = page.next;
      } while (next && this.hits.length < MOST);
    } catch (thrown) {
      if (signal.aborted) return;
      const said = thrown instanceof Refusal ? thrown.errors.map(({ message }) => message).join("; ") : "";
      this.fault = said ? `This ${said}.` : errorText(thrown);
    } finally {
      if (!signal.aborted) this.busy = false;
    }
  }

  choose(booking: string, choice: Choice): void {
    this.lost = this.lost.filter((one) => one !== booking);
    this.chosen = { ...this.chosen, [booking]: choice };
  }

  /** For all dates of its series what is chosen for one of them. */
  chooseSeries(hit: Hit): void {
    this.chosen = likeIt(this.hits, hit, this.chosen);
    this.lost = this.lost.filter((id) => this.chosen[id] === "later");
  }

  /** The same for all; "proposal" takes what was proposed, and cancels where nothing fits. */
  chooseAll(choice: Choice | "proposal", spaces: readonly Space[]): void {
    this.lost = [];
    if (choice !== "proposal") {
      this.chosen = Object.fromEntries(this.hits.map(({ booking }) => [booking.id, choice]));
      return;
    }
    this.chosen = proposed(this.hits, {}, spaces);
  }
}

/** How many touch-down desks are free, as everybody may know it. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";

/** `measured`: people who sit there without a booking are counted, as sensors said at `seen_at`; else `text` says why not. */
export interface FreeDesks {
  site: string;
  site_name: string;
  zone: string;
  space: string;
  name: string;
  places: number;
  free: number;
  closed: boolean;
  measured: boolean;
  text: string;
  seen_at: string | null;
}

export class FreeDesksStore extends Fetched {
  items = $state.raw<FreeDesks[]>([]);
  private readonly path: string;

  /** `path`: of a building; empty for all. */
  constructor(path: string) {
    super();
    this.path = path;
  }

  refresh = async (): Promise<void> => {
    await this.load(() => get<{ items: FreeDesks[] }>(`${this.path}/desks/free`), ({ items }) => void (this.items = items));
  };
}

/** The pools of desks of a building, asked for each minute while the page is seen: who sits down and gets up, and a
 * booking that begins, change nothing that the page hears of. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { eachMinute } from "./eachMinute.ts";

export interface Pool {
  space: string;
  name: string;
  places: number;
  booked: number;
  arrived: number;
  present: number | null;
  at_least: boolean;
  text: string;
  free: number;
  closed: boolean;
}

export class DesksStore extends Fetched {
  /** None where they are not known now. */
  pools = $state.raw<Pool[]>([]);
  private readonly site: string;

  constructor(site: string) {
    super();
    this.site = site;
  }

  refresh = async (): Promise<void> => {
    await this.load(() => get<{ items: Pool[] }>(`/sites/${this.site}/desks`), ({ items }) => void (this.pools = items));
    if (this.fault) this.pools = [];
  };

  /** Asks until the function that it returns is called. */
  watch(): () => void {
    return eachMinute(this.refresh);
  }
}

/** How many people are in each room of a building, asked for each minute while the page is seen. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { eachMinute } from "./eachMinute.ts";
import { roomRows, type RoomRow, type RoomsFound } from "./roomRows.ts";

export class RoomsStore extends Fetched {
  /** None where they are not known now. */
  rows = $state.raw<RoomRow[]>([]);
  private readonly site: string;

  constructor(site: string) {
    super();
    this.site = site;
  }

  refresh = async (): Promise<void> => {
    await this.load(() => get<RoomsFound>(`/sites/${this.site}/occupancy`), (found) => void (this.rows = roomRows(found)));
    if (this.fault) this.rows = [];
  };

  /** Asks until the function that it returns is called. */
  watch(): () => void {
    return eachMinute(this.refresh);
  }
}

/** A site's morning. The last good values stay while they are fetched again. */
import { get } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import type { Morning } from "./morning.ts";

export class MorningStore extends Fetched {
  found = $state.raw<Morning | null>(null);
  private readonly site: string;
  private days = 1;
  private again = false;
  private running: Promise<void> | null = null;

  constructor(site: string) {
    super();
    this.site = site;
  }

  /** `days`: how many evenings ago what has changed begins. Ends once an answer is there that was asked for after this call. */
  refresh(days = this.days): Promise<void> {
    this.days = days;
    this.again = true;
    this.running ??= this.fetch().finally(() => (this.running = null));
    return this.running;
  }

  private async fetch(): Promise<void> {
    while (this.again) {
      this.again = false;
      await this.load(
        () => get<Morning>(`/sites/${this.site}/morning`, { days: String(this.days) }),
        (found) => void (this.found = found),
      );
    }
  }
}

/** The closures of a site, what is open in them, and what can be undone. The last good values stay while they are fetched again. */
import { get, getAll } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import type { SiteDetail, WireBooking } from "../model.ts";
import type { Batch } from "./batch.ts";
import { type Listed, listed, type WireClosure, type WireOverride, type WireShutDoors } from "./closure.ts";

export class ClosureStore extends Fetched {
  detail = $state.raw<SiteDetail | null>(null);
  items = $state.raw<Listed[]>([]);
  batches = $state.raw<Batch[]>([]);
  private readonly site: string;

  constructor(site: string) {
    super();
    this.site = site;
  }

  async refresh(): Promise<void> {
    const at = `/sites/${this.site}`;
    await this.load(
      () =>
        Promise.all([
          this.detail ?? get<SiteDetail>(at),
          getAll<WireClosure>(`${at}/closures`),
          get<{ items: WireOverride[] }>(`${at}/overrides`),
          getAll<WireBooking>(`${at}/affected-bookings`),
          get<{ items: Batch[]; shut_doors: WireShutDoors[] }>(`${at}/closure-batches`),
        ]),
      ([detail, closures, overrides, affected, batches]) => {
        const open = affected.filter((one) => one.affected_by.some(({ cause, kept_at }) => cause === "closed" && !kept_at));
        this.detail = detail;
        this.items = listed(detail, closures, overrides.items, open, batches.shut_doors);
        this.batches = batches.items;
      },
    );
  }
}

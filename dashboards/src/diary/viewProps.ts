/** What the views of the diary have in common. */
import type { Component } from "svelte";
import { OTHER_SITES_DELAY_MS } from "../live.svelte.ts";
import type { Booking, Site } from "../model.ts";
import type { Day, Instant } from "../zone.ts";
import type { Span } from "./geometry.ts";
import type { DayStore } from "./dayStore.svelte.ts";

export interface ViewProps {
  site: Site;
  dayStore: DayStore;
  day: Day;
  today: Day;
  now: Instant;
  /** Id of the booking in the panel. */
  chosen: string;
  /** Raised whenever a booking was changed on this page. */
  changeCount: number;
  open: (one: Booking) => void;
  create: (space: string, when: Span) => void;
  changed: (one: Booking) => void;
  /** Shows how many requests wait here. */
  count: (found: { items: unknown[]; next: string | null }) => void;
}

/** Shown if a part of the page cannot be loaded. */
export const PART_MISSING = "This part of the page could not be fetched. Try again in a moment.";

const requests = () => import("./RequestList.svelte");

/** All views, loaded when they are first needed; of the day what stands above its grid. */
export const VIEWS: Record<string, () => Promise<{ default: Component<ViewProps> }>> = {
  "": () => new Promise((found) => setTimeout(() => found(import("../desks/FreeDesks.svelte")), OTHER_SITES_DELAY_MS)),
  week: () => import("./WeekView.svelte"),
  month: () => import("./MonthView.svelte"),
  list: () => import("./ListView.svelte"),
  requests,
  "all-requests": requests,
};

/** What the ways to look at the diary have in common. */
import type { Component } from "svelte";
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
  /** Goes up whenever somebody has changed a booking here. */
  changeCount: number;
  open: (one: Booking) => void;
  create: (space: string, when: Span) => void;
  changed: (one: Booking) => void;
}

/** What is said where a part of the page does not come. */
export const PART_MISSING = "This part of the page could not be fetched. Try again in a moment.";

/** All but the day's own grid, fetched when they are first wanted. */
export const VIEWS: Record<string, () => Promise<{ default: Component<ViewProps> }>> = {
  week: () => import("./WeekView.svelte"),
  table: () => import("./DiaryTable.svelte"),
  requests: () => import("./RequestList.svelte"),
  "all-requests": () => import("./RequestList.svelte"),
};

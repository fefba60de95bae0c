/** The steps from nothing to a door that opens: what each is for, and which is next. Pure. */
import type { Estate } from "./things.ts";

export const STEPS = ["building", "hours", "rooms", "door", "pi", "wiring", "group", "booking", "code"] as const;
export type Step = (typeof STEPS)[number];
export const STEP_NAMES: Record<Step, string> = {
  building: "The building",
  hours: "When it is open",
  rooms: "Rooms",
  door: "A door",
  pi: "Its Raspberry Pi",
  wiring: "Is it wired right?",
  group: "A group",
  booking: "A booking",
  code: "The door opens",
};
export const PURPOSES: Record<Step, string> = {
  building: "People read its name in every message. Its time zone decides when codes work.",
  hours: "When staff are there. Groups come in by code at any time that they have booked, also outside these hours.",
  rooms: "What can be booked. One is enough to begin with; more, and halves of a hall, can be added later.",
  door: "The door on the way to your rooms. A booking's code opens it in its own time, and at no other.",
  pi: "The Pi switches the lock. It keeps the plan for 35 days, so that codes work with the internet down.",
  wiring: "Try each part of the door once, so that nobody stands in front of it later.",
  group: "Who books: a choir, a class, a partner. They get the code.",
  booking: "A first booking, for now, so that you can try its code at once.",
  code: "Type it at the door. This page waits until it opens.",
};

/** What is kept in this browser beside what the controller knows. */
export interface Progress {
  skipped: Step[];
  wired: boolean;
  group: string;
  booking: string;
  opened: boolean;
}
export const NO_PROGRESS: Progress = { skipped: [], wired: false, group: "", booking: "", opened: false };

export interface Known {
  estate: Estate | null;
  /** Whether hours were set. */
  hours: boolean;
  /** Whether a device of the building is online. */
  online: boolean;
}

export function isDone(step: Step, { estate, hours, online }: Known, progress: Progress): boolean {
  switch (step) {
    case "building":
      return estate !== null;
    case "hours":
      return hours;
    case "rooms":
      return Boolean(estate?.spaces.length);
    case "door":
      return Boolean(estate?.doors.length) && !doorless(estate!).length;
    case "pi":
      return online;
    case "wiring":
      return progress.wired;
    case "group":
      return progress.group !== "";
    case "booking":
      return progress.booking !== "";
    case "code":
      return progress.opened;
  }
}

/** The first opening with a code at one of these doors (by name) at `since` or later; undefined for none. */
export function openedSince(recent: readonly { at: string; text: string }[], doors: readonly string[], since: number) {
  return recent.find((one) => Date.parse(one.at) >= since && doors.some((name) => one.text === `${name}: opened with a booking code`));
}

const ENDED = ["expired", "finished", "declined", "cancelled", "released", "no_show"];
/** Whether the code of a booking opens nothing any more. */
export function isOver({ status, ends, code_window }: { status: string; ends: string; code_window: { ends: string } | null }, now: number): boolean {
  return ENDED.includes(status) || Date.parse(code_window?.ends ?? ends) <= now;
}

/** The rooms to which no door leads, so that a booking of them has no code. */
export const doorless = (estate: Estate) => estate.spaces.filter((one) => one.bookable && !one.doors.length);

/** The doors of a new room: the only one, or those that were ticked. */
export function doorsOfNew(estate: Estate, ticked: unknown): string[] {
  return estate.doors.length === 1 ? [estate.doors[0]!.id] : ((ticked as string[] | undefined) ?? []);
}

/** The first step that is neither done nor skipped; null where none is left. */
export function nextStep(known: Known, progress: Progress): Step | null {
  return STEPS.find((step) => !isDone(step, known, progress) && !progress.skipped.includes(step)) ?? null;
}

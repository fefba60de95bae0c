/** What a floor plan says of its doors and rooms. Pure. */
import type { Booking, Door, Snapshot, Space } from "../model.ts";
import type { IconName } from "../parts/icons.ts";
import { type Instant, momentText } from "../zone.ts";
import { roomBookings, runningText, startText } from "./roomBookings.ts";
import { ALARMS, CONTACTS, DOOR_MODES, LOCKS, sinceText } from "./statusText.ts";

export interface Place {
  kind: "door" | "space";
  id: string;
  name: string;
  /** The id of its element in the drawing; null where it has none. */
  element: string | null;
}

/** As `GET /sites/{site}/floor-plan` answers it. */
export interface FloorPlanAnswer {
  version: number;
  drawing: string | null;
  places: Place[];
  unmatched: string[];
  dropped: { what: string; count: number }[];
  before: boolean;
}

/** How a door or room is shown: never by its colour alone. `text`: after its name. */
export interface Mark {
  tone: "ok" | "plain" | "warn" | "bad" | "unknown";
  icon: IconName;
  word: string;
  text: string;
}

export const NOT_KNOWN: Mark = { tone: "unknown", icon: "ask", word: "Not known", text: "not known" };

/** `lively`: whether there is a live connection. */
export function doorMark(door: Door | undefined, lively: boolean, zone: string, now: Instant): Mark {
  if (!door?.at) return NOT_KNOWN;
  const mode = DOOR_MODES[door.mode ?? ""] ?? "Mode not known";
  const said = `${mode}. ${CONTACTS[door.contact]}, ${LOCKS[door.lock]}`;
  if (!lively || door.stale) return { ...NOT_KNOWN, text: `not known; at ${sinceText(door.at, zone, now)} it was: ${said}` };
  const mark = (tone: Mark["tone"], icon: IconName, word: string): Mark => ({ tone, icon, word, text: word === mode ? said : `${word}. ${said}` });
  if (door.alarm) return mark("bad", "warn", ALARMS[door.alarm]);
  if (door.faults[0]) return { ...mark("bad", "warn", "Fault"), text: `Fault: ${door.faults[0].text}. ${said}` };
  if (door.contact === "open") return mark("warn", "door", "Open");
  if (door.lock === "unlocked" || door.mode === "free") return mark("ok", "tick", "Unlocked");
  if (door.lock === "locked") return mark("plain", "lock", "Locked");
  return door.mode ? mark("plain", "lock", mode) : { ...NOT_KNOWN, text: `not known. ${said}` };
}

/** The spaces that share its floor, itself first: a room's parts, and the rooms that it is a part of. */
function sharing(space: Space, spaces: readonly Space[]): Set<string> {
  return new Set([space.id, ...space.parts, ...spaces.filter((one) => one.parts.includes(space.id)).map(({ id }) => id)]);
}

/** `bookings`: of today; null while they are not known. */
export function roomMark(id: string, spaces: readonly Space[], bookings: readonly Booking[] | null, snapshot: Snapshot, lively: boolean, now: Instant): Mark {
  const space = spaces.find((one) => one.id === id);
  if (!space || !bookings || !lively) return NOT_KNOWN;
  const zone = snapshot.zone;
  const ids = sharing(space, spaces);
  const states = roomBookings(spaces.filter((one) => ids.has(one.id)), bookings, now);
  const on = states.flatMap((one) => one.now);
  const here = on.find((one) => one.arrived_at) ?? on[0];
  const moving = snapshot.motion.find((one) => one.zone === id && !one.stale && one.active);
  const said = here ? `${here.title}, ${runningText(here, zone, now)}` : "";
  if (here?.arrived_at) return { tone: "ok", icon: "people", word: "In use", text: `In use: ${said}` };
  if (moving) return { tone: "ok", icon: "people", word: "Somebody there", text: `Somebody there since ${momentText(Date.parse(moving.since), zone, now)}; ${said || "nothing is booked now"}` };
  if (here) return { tone: "warn", icon: "clock", word: "Booked", text: `Booked: ${said}` };
  const next = states.flatMap((one) => one.next ?? []).sort((a, b) => a.from - b.from)[0];
  return { tone: "plain", icon: "dash", word: "Free", text: `Free: nothing is booked now${next ? `; next ${next.title} at ${startText(next, zone, now)}` : ""}` };
}

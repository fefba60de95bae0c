/** What a floor plan says of its doors and rooms. Pure. */
import type { Booking, Door, Snapshot, Space } from "../model.ts";
import type { IconName } from "../parts/icons.ts";
import { type Instant, momentText } from "../zone.ts";
import type { DoorSpell } from "./past/past.ts";
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

/** A door by its worst. `said`: all that is known of it; `set`: its mode, where it does not say how its lock is. */
function worst(door: Pick<Door, "alarm" | "contact" | "lock">, fault: string | undefined, said: string, set = ""): Mark {
  const mark = (tone: Mark["tone"], icon: IconName, word: string, text = said.startsWith(word) ? said : `${word}. ${said}`): Mark => ({ tone, icon, word, text });
  if (door.alarm) return mark("bad", "warn", ALARMS[door.alarm]);
  if (fault) return mark("bad", "warn", "Fault", `Fault: ${fault}. ${said}`);
  if (door.contact === "open") return mark("warn", "door", "Open");
  if (door.lock === "unlocked") return mark("ok", "tick", "Unlocked");
  if (door.lock === "locked") return mark("plain", "lock", "Locked");
  return set ? mark("plain", "lock", set) : { ...NOT_KNOWN, text: `not known. ${said}` };
}

/** `lively`: whether there is a live connection. */
export function doorMark(door: Door | undefined, lively: boolean, zone: string, now: Instant): Mark {
  if (!door?.at) return NOT_KNOWN;
  const said = `${DOOR_MODES[door.mode ?? ""] ?? "Mode not known"}. ${CONTACTS[door.contact]}, ${LOCKS[door.lock]}`;
  if (!lively || door.stale) return { ...NOT_KNOWN, text: `not known; at ${sinceText(door.at, zone, now)} it was: ${said}` };
  return worst(door.mode === "free" && door.lock === "unknown" ? { ...door, lock: "unlocked" } : door, door.faults[0]?.text, said, DOOR_MODES[door.mode ?? ""]);
}

/** A door at a past moment; `lock`: how it was locked, in words. */
export function doorThenMark(spell: Pick<DoorSpell, "known" | "alarm" | "faults" | "contact" | "lock"> | undefined, lock: string): Mark {
  return spell?.known ? worst(spell, spell.faults[0], `${lock}. ${CONTACTS[spell.contact]}`) : NOT_KNOWN;
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

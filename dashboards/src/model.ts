/** What the API sends, as the pages use it: times parsed to instants once, at the door. */
import type { Instant } from "./zone.ts";

export interface Site {
  id: string;
  name: string;
  zone: string;
  address: string | null;
  phone: string | null;
}

export interface Space {
  id: string;
  name: string;
  kind: "room" | "pool";
  capacity: number | null;
  pool_size: number | null;
  doors: string[];
  /** The spaces it divides into. */
  parts: string[];
  layouts: { id: string; name: string; capacity: number | null }[];
  default_layout: string | null;
  bookable: boolean;
}

export interface SiteDetail extends Site {
  spaces: Space[];
  /** `space`: null where it may be carried to any. */
  equipment: { id: string; name: string; count: number; space: string | null }[];
  doors: { id: string; name: string; edge: string }[];
  edges: { id: string; name: string }[];
}

export interface Mode {
  from: Instant;
  to: Instant;
  mode: string;
  note?: string | null;
}

export type Status =
  | "requested"
  | "held"
  | "expired"
  | "confirmed"
  | "arrived"
  | "finished"
  | "declined"
  | "cancelled"
  | "released"
  | "no_show";
/** What can be done with a booking. */
export type BookingAction =
  | "change"
  | "approve"
  | "decline"
  | "accept_offer"
  | "decline_offer"
  | "cancel"
  | "restore"
  | "finish"
  | "check_in";
/** `later`: not due on the door yet. */
export type DoorState = "on" | "later" | "waiting" | "unreachable" | "removing" | "gone" | "none";

export interface OnDoor {
  state: DoorState;
  text: string;
  doors: { door: string; name: string; state: DoorState; since: string | null; text: string }[];
}

/** What a closure or another change did to a booking; `kept_at`: since when it is decided that it goes ahead. */
export interface Impact {
  cause: "closed" | "mode" | "term" | "policy" | "building";
  text: string;
  kept_at: string | null;
  kept_by: string | null;
}

export interface WireBooking {
  id: string;
  site: string;
  site_name: string;
  space: string;
  space_name: string;
  title: string;
  contact_name: string | null;
  contact_phone: string | null;
  contact_email: string;
  key_holder: string;
  under_16s: boolean;
  public: boolean;
  notes: string;
  people: number | null;
  party: string | null;
  party_name: string | null;
  layout: string | null;
  layout_name: string | null;
  /** Of a pool. */
  seats: number | null;
  /** How many of what. */
  equipment: Record<string, number>;
  /** Its own request; null where layout and space say it. */
  setup_min: number | null;
  cleardown_min: number | null;
  starts: string;
  ends: string;
  /** With its setting up and clearing down. */
  setup_starts: string;
  cleardown_ends: string;
  status: Status;
  /** For what reason it is not confirmed. */
  why: string;
  held_until: string | null;
  /** The place in the waiting list that it is kept for, and until when it can be accepted. */
  offer: { wait: string; until: string } | null;
  /** When its people were warned that nobody has come, and when it is released if nobody does. */
  warned_at: string | null;
  diary: string;
  release_at: string | null;
  /** Why it was not released, or not yet, though its time to come is over. */
  kept: string;
  /** Its end before it was finished early. */
  ends_before: string | null;
  series: string | null;
  /** Masked, unless it has just been drawn. */
  code: string | null;
  code_window: { starts: string; ends: string } | null;
  on_door: OnDoor;
  /** What its own code still opens though it should not. */
  still_opens: string[];
  /** What old codes of other bookings still open while this one runs. */
  lingering: string[];
  /** What changes that were made although it stood did to it. */
  affected_by: Impact[];
  arrived_at: string | null;
  counted_in: number | null;
  link: string | null;
  /** Who made it; empty for a booking of others that shows only its time. */
  actor: string;
  version: number;
  actions: BookingAction[];
}

export interface Booking extends WireBooking {
  from: Instant;
  to: Instant;
  /** With its setting up and clearing down. */
  withBuffers: { from: Instant; to: Instant };
}

export interface Conflict {
  id: string;
  title: string;
  space: string;
  starts: string;
  ends: string;
}

/** One reason against a request, in words and data. */
export interface Reason {
  kind: string;
  text: string;
  field: string;
  conflicts: Conflict[];
  asked: number | null;
  limit: number | null;
}

export interface Check {
  free: boolean;
  needs_approval: boolean;
  reasons: Reason[];
  conflicts: Conflict[];
  lingering: string[];
  notes: string[];
}

/** What would fit instead of a request that is refused. */
export interface Proposal {
  how: "same" | "other_time" | "other_layout" | "other_space" | "other_site";
  text: string;
  site: string;
  site_name: string;
  space: string;
  name: string;
  layout: string | null;
  starts: string;
  ends: string;
  needs_approval: boolean;
}

export interface BookingCreate {
  space: string;
  layout: string | null;
  title: string;
  starts: string;
  ends: string;
  contact_name: string;
  contact_phone: string;
  contact_email: string;
  people: number | null;
  party: string | null;
  seats: number | null;
  notes: string;
  key_holder: string;
  under_16s: boolean;
  public: boolean;
  setup_min: number | null;
  cleardown_min: number | null;
  equipment: Record<string, number>;
}

export function toBooking(one: WireBooking): Booking {
  return {
    ...one,
    from: Date.parse(one.starts),
    to: Date.parse(one.ends),
    withBuffers: { from: Date.parse(one.setup_starts), to: Date.parse(one.cleardown_ends) },
  };
}

/** As `toBooking`, but a booking that is as it was stays the same object, so that its block is left alone. */
export function toBookings(all: readonly WireBooking[], before: readonly Booking[]): Booking[] {
  const old = new Map(before.map((one) => [one.id, one]));
  return all.map((wire) => {
    const was = old.get(wire.id);
    return was && same(was, wire) ? was : toBooking(wire);
  });
}

/** A change of a booking raises its version; what is compared beside it changes without that. */
function same(a: WireBooking, b: WireBooking): boolean {
  const doors = (one: WireBooking) => one.on_door.doors.map((door) => door.text).join();
  return (
    a.version === b.version &&
    a.status === b.status &&
    a.on_door.text === b.on_door.text &&
    a.arrived_at === b.arrived_at &&
    a.counted_in === b.counted_in &&
    a.release_at === b.release_at &&
    a.kept === b.kept &&
    a.actions.join() === b.actions.join() &&
    doors(a) === doors(b) &&
    a.still_opens.join() === b.still_opens.join() &&
    a.lingering.join() === b.lingering.join() &&
    JSON.stringify(a.affected_by) === JSON.stringify(b.affected_by)
  );
}

const HOLDING: readonly Status[] = ["held", "confirmed", "arrived", "finished", "no_show"];

/** Whether it holds its time. */
export function holds(one: Booking): boolean {
  return HOLDING.includes(one.status);
}

/** How many places it takes of a pool: those it names, else one for each of its people. */
export function placesOf(one: Booking): number {
  return one.seats ?? (one.people || 1);
}

/** Whether it is a booking of others that shows only its time. */
export function isBusyOnly(one: Booking): boolean {
  return one.actor === "";
}

/** Whether it waits for somebody's word. */
export function isPending(one: Booking): boolean {
  return one.status === "held" || one.status === "requested";
}

export const MODE_WORDS: Record<string, string> = {
  closed: "Closed",
  staffed: "Staffed",
  extended: "Members, no staff",
};

export const STATUS_WORDS: Record<Status, string> = {
  requested: "Requested",
  held: "Waits for approval",
  expired: "Hold expired",
  confirmed: "Confirmed",
  arrived: "Arrived",
  finished: "Finished",
  declined: "Declined",
  cancelled: "Cancelled",
  released: "Released, nobody came",
  no_show: "Nobody came",
};

export interface Snapshot {
  type: "snapshot";
  at: string;
  site: string;
  zone: string;
  /** Null while no counter has told anything; `stale_since` while one that counts is offline. */
  people: {
    estimate: number;
    error: number;
    since: string;
    stale_since: string | null;
    gaps: { from: string; to: string }[];
  } | null;
  edges: Edge[];
  /** Edges whose fire line says fire, or did and no key holder has been let in there since. */
  fires: { edge: string; state: "active" | "latched"; since: string; stale: boolean }[];
  /** Areas of the intruder alarm. */
  areas: Area[];
  doors: Door[];
  counters: { id: string; edge: string; door: string | null; ins_today: number | null; outs_today: number | null; at: string | null; stale: boolean }[];
  motion: { id: string; zone: string; active: boolean | null; since: string; at: string | null; stale: boolean }[];
  wifi: { id: string; zone: string; stations: number | null; at: string | null; stale: boolean }[];
  mode: { mode: string; until: string | null } | null;
  outages: { edge: string; from: string; to: string | null }[];
  /** What stored alerts still need somebody; `kind` as it was stored, such as "duress". */
  alerts: { kind: string; at: string; text: string; hint: string; edge: string }[];
  recent: { at: string; text: string }[];
  /** Those that stand, are to come, or were ended and may still be on a door. */
  overrides: {
    id: string;
    kind: "hold_open" | "lock_down" | "out_of_service";
    whole: boolean;
    starts: string;
    ends: string;
    ended: boolean;
    doors: { door: string; state: "on" | "waiting" | "unreachable" | "removing" | "gone"; holds: boolean; text: string }[];
  }[];
  /** How many things that only doors knew wait for a person, after a restore. */
  restored: number;
  /** Different whenever something was done by hand, or answered. */
  acts: string;
}

export interface Edge {
  id: string;
  name: string;
  online: boolean;
  since: string | null;
  plan_version: number | null;
  applied_version: number | null;
  /** Why it refused its newest plan. */
  plan_refused: string | null;
  revoked_at: string | null;
  trust: string | null;
  outbox_behind: number | null;
  health: Record<string, number>;
}

export interface Area {
  id: string;
  edge: string;
  state: "unset" | "warning" | "set" | "triggered";
  since: string | null;
  /** What set it off or who unset it. */
  why: string | null;
  /** Why it does not set by itself although the building is closed and quiet. */
  withheld: string | null;
  stale: boolean;
}

export interface Door {
  id: string;
  name: string;
  mode: "free" | "code" | "locked" | null;
  contact: "open" | "closed" | "unknown";
  lock: "locked" | "unlocked" | "unknown";
  /** `glass`: its break-glass unit is broken. */
  alarm: "fire" | "forced" | "held" | "glass" | null;
  /** In which way its lock or button misbehaves. */
  /** What is wrong with it: which fault, in words, and what to do. */
  faults: { code: string; part: string; text: string; hint: string }[];
  /** Too many wrong codes were typed: none is taken until then. */
  codes_wait_until: string | null;
  /** When it became so. */
  since: string | null;
  /** When that was last told. */
  at: string | null;
  stale: boolean;
  last: { at: string; text: string } | null;
}

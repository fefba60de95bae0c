/** What the API sends; times are parsed to instants once, when it arrives. */
import type { Instant } from "./zone.ts";

export interface Site {
  id: string;
  name: string;
  zone: string;
  address: string | null;
  phone: string | null;
  latitude?: number | null;
  longitude?: number | null;
}

export interface Space {
  id: string;
  name: string;
  kind: "room" | "pool";
  capacity: number | null;
  pool_size: number | null;
  doors: string[];
  /** Ids of the spaces that it divides into. */
  parts: string[];
  layouts: { id: string; name: string; capacity: number | null }[];
  default_layout: string | null;
  bookable: boolean;
}

export interface SiteDetail extends Site {
  spaces: Space[];
  /** `space`: null if it can be used in any. */
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

/** The effect of a closure or another change on a booking; `kept_at`: when it was decided that it goes ahead. */
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
  /** Places of a pool. */
  seats: number | null;
  /** Number of each thing, by its id. */
  equipment: Record<string, number>;
  /** Requested for this booking; null if layout and space decide. */
  setup_min: number | null;
  cleardown_min: number | null;
  starts: string;
  ends: string;
  /** With its setting up and clearing down. */
  setup_starts: string;
  cleardown_ends: string;
  status: Status;
  /** Why it is not confirmed. */
  why: string;
  held_until: string | null;
  /** The entry of the waiting list that it is offered to, and until when it can be accepted. */
  offer: { wait: string; until: string } | null;
  /** `warned_at`: when its contact was warned that nobody came; `release_at`: when it is released if nobody comes. */
  warned_at: string | null;
  diary: string;
  release_at: string | null;
  /** Why it was not released although nobody came in time. */
  kept: string;
  /** Its planned end, if it was finished early. */
  ends_before: string | null;
  series: string | null;
  /** Masked, unless it was just created. */
  code: string | null;
  code_window: { starts: string; ends: string } | null;
  on_door: OnDoor;
  /** Doors that its code still opens although it should not, as text. */
  still_opens: string[];
  /** Old codes of other bookings that still open doors during this one, as text. */
  lingering: string[];
  /** Effects of later changes on it. */
  affected_by: Impact[];
  arrived_at: string | null;
  counted_in: number | null;
  link: string | null;
  /** Who created it; empty for a booking of others that shows only its time. */
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

/** One reason against a request, as text and data. */
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

type Sent = "space" | "layout" | "title" | "starts" | "ends" | "contact_email" | "people" | "party" | "seats" | "notes" | "key_holder";
type AlsoSent = "under_16s" | "public" | "setup_min" | "cleardown_min" | "equipment";

/** What a new booking sends: fields of a booking. */
export type BookingCreate = Pick<WireBooking, Sent | AlsoSent> & { contact_name: string; contact_phone: string };

export function toBooking(one: WireBooking): Booking {
  return {
    ...one,
    from: Date.parse(one.starts),
    to: Date.parse(one.ends),
    withBuffers: { from: Date.parse(one.setup_starts), to: Date.parse(one.cleardown_ends) },
  };
}

/** Like `toBooking`, but an unchanged booking stays the same object, so that its block is not redrawn. */
export function toBookings(all: readonly WireBooking[], before: readonly Booking[]): Booking[] {
  const old = new Map(before.map((one) => [one.id, one]));
  return all.map((wire) => {
    const was = old.get(wire.id);
    return was && same(was, wire) ? was : toBooking(wire);
  });
}

/** A change of a booking raises its version; the other fields compared here change without that. */
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

/** Whether it occupies its time. */
export function holds(one: Booking): boolean {
  return HOLDING.includes(one.status);
}

/** How many places of a pool it takes: as requested, else one per person. */
export function placesOf(one: Booking): number {
  return one.seats ?? (one.people || 1);
}

/** Whether it is a booking of others that shows only its time. */
export function isBusyOnly(one: Booking): boolean {
  return one.actor === "";
}

/** Whether it waits for approval. */
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

/** An open alert; `kind` such as "duress". `id`: null until it is stored. `over_since`: it no longer holds. */
export interface StoredAlert {
  id: string | null;
  kind: string;
  severity: "danger" | "serious" | "minor";
  at: string;
  text: string;
  hint: string;
  edge: string;
  about: string;
  over_since: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string;
  snoozed_until: string | null;
}

export interface Snapshot {
  type: "snapshot";
  at: string;
  site: string;
  zone: string;
  /** Null while no counter has reported; `stale_since`: set while a counter is offline. */
  people: { stale_since: string | null } | null;
  /** Null where no door has a counter. In nine of ten cases `low` to `high` people are inside; `full`: more than the rooms hold. */
  occupancy: { people: number; low: number; high: number; full: boolean; rests_on: string; missing: string[] } | null;
  edges: Edge[];
  /** Edges whose fire line signals fire, or did, without a key holder having cleared it. */
  fires: { edge: string; state: "active" | "latched"; since: string; stale: boolean }[];
  /** Areas of the intruder alarm. */
  areas: Area[];
  doors: Door[];
  counters: { id: string; edge: string; door: string | null; ins_today: number | null; outs_today: number | null; passages_today: number | null; faults: { text: string }[]; not_counting_since: string | null; at: string | null; stale: boolean }[];
  motion: { id: string; zone: string; active: boolean | null; since: string; at: string | null; stale: boolean }[];
  wifi: { id: string; zone: string; stations: number | null; fixed: number | null; at: string | null; stale: boolean }[];
  mode: { mode: string; until: string | null } | null;
  outages: { edge: string; from: string; to: string | null }[];
  alerts: StoredAlert[];
  recent: { at: string; text: string }[];
  /** Active and future overrides, and ended ones that a door may still have. */
  overrides: {
    id: string;
    kind: "hold_open" | "lock_down" | "out_of_service";
    whole: boolean;
    starts: string;
    ends: string;
    ended: boolean;
    doors: { door: string; state: "on" | "waiting" | "unreachable" | "removing" | "gone"; holds: boolean; text: string }[];
  }[];
  /** How many entries known only to doors wait for a decision, after a restore. */
  restored: number;
  /** Changes with every act by hand and every answer to one. */
  acts: string;
  /** The version of its floor plan; null where it shows none. */
  floor_plan: number | null;
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
  /** Why it does not set itself although the building is closed and quiet. */
  withheld: string | null;
  stale: boolean;
}

export interface Door {
  id: string;
  edge: string;
  name: string;
  mode: "free" | "code" | "locked" | null;
  contact: "open" | "closed" | "unknown";
  lock: "locked" | "unlocked" | "unknown";
  /** `glass`: its break-glass unit is broken. */
  alarm: "fire" | "forced" | "held" | "glass" | null;
  /** Its faults: code, text and what to do. */
  faults: { code: string; part: string; text: string; hint: string }[];
  /** Until when no typed code is accepted, after too many wrong ones. */
  codes_wait_until: string | null;
  /** Since when it is in this state. */
  since: string | null;
  /** When that was last reported. */
  at: string | null;
  stale: boolean;
  last: { at: string; text: string } | null;
}

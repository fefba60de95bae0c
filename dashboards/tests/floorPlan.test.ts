import assert from "node:assert/strict";
import { test } from "node:test";
import type { Booking, Door, Snapshot, Space } from "../src/model.ts";
import { doorMark, doorThenMark, roomMark } from "../src/now/floorPlan.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-11-25T12:00Z");
const door: Door = {
  ...{ id: "front-door", edge: "main", name: "Front door", mode: "code", contact: "closed", lock: "locked", alarm: null, faults: [] },
  ...{ codes_wait_until: null, since: "2026-11-25T11:00:00Z", at: "2026-11-25T11:30:00Z", stale: false, last: null },
};
const said = (more: Partial<Door>, lively = true) => {
  const { tone, icon, word, text } = doorMark({ ...door, ...more }, lively, ZONE, NOW);
  return [tone, icon, word, text];
};

test("a door is shown by its worst: alarm, fault, standing open, unlocked, locked", () => {
  assert.deepEqual(said({}), ["plain", "lock", "Locked", "Locked. Code needed. Shut, locked"]);
  assert.deepEqual(said({ mode: "free", lock: "unlocked" }), ["ok", "tick", "Unlocked", "Unlocked. Open to all. Shut, unlocked"]);
  assert.equal(said({ mode: "free", lock: "unknown" })[2], "Unlocked");
  assert.equal(said({ mode: "free" })[2], "Locked"); // the other door of its lobby is open
  assert.deepEqual(said({ contact: "open" }), ["warn", "door", "Open", "Open. Code needed. Standing open, locked"]);
  const faults = [{ code: "stuck", part: "lock", text: "the lock sticks", hint: "" }];
  assert.deepEqual(said({ contact: "open", faults }).slice(0, 3), ["bad", "warn", "Fault"]);
  assert.deepEqual(said({ faults, alarm: "forced" }).slice(0, 3), ["bad", "warn", "Forced open"]);
});

test("a door that never reported, whose Pi is away, or without a live line is not known", () => {
  assert.equal(doorMark(undefined, true, ZONE, NOW).word, "Not known");
  assert.equal(said({ at: null })[2], "Not known");
  for (const [more, lively] of [[{ stale: true }, true], [{}, false]] as const) {
    assert.deepEqual(said({ ...more, alarm: "forced" }, lively), ["unknown", "ask", "Not known", "not known; at 11:30 it was: Code needed. Shut, locked"]);
  }
  assert.equal(said({ lock: "unknown" })[2], "Code needed");
  assert.equal(said({ lock: "unknown", mode: null })[2], "Not known");
});

test("a door at a past moment is shown by what is stored of it, and as not known in a gap", () => {
  const spell = { known: true, contact: "closed", lock: "unlocked", alarm: null, faults: [] } as const;
  const then = (more: object, lock = "Open to all") => doorThenMark({ ...spell, faults: [] as string[], ...more }, lock);
  assert.deepEqual([then({}).word, then({}).text], ["Unlocked", "Unlocked. Open to all. Shut"]);
  assert.equal(then({ lock: "locked" }, "Locked").text, "Locked. Shut");
  assert.equal(then({ alarm: "held", contact: "open" }).word, "Held open");
  assert.equal(then({ known: false, alarm: "held" }).word, "Not known");
  assert.equal(doorThenMark(undefined, "").word, "Not known");
});

const space = (id: string, parts: string[] = []) => ({ id, name: id, parts }) as unknown as Space;
const SPACES = [space("hall", ["east", "west"]), space("east"), space("west"), space("studio")];
const booking = (id: string, more: Partial<Booking> = {}) =>
  ({ id, space: id, title: "Choir", from: NOW - 60_000, to: NOW + 3_600_000, status: "confirmed", arrived_at: null, counted_in: 0, release_at: null, people: null, ...more }) as Booking;
const room = (id: string, bookings: Booking[] | null, lively = true, moving = "") =>
  roomMark(id, SPACES, bookings, { zone: ZONE, motion: moving ? [{ id: "pir", zone: moving, active: true, since: "2026-11-25T11:55:00Z", at: null, stale: false }] : [] } as unknown as Snapshot, lively, NOW);

test("a room is used while somebody has come or moves, booked while nobody has, and never said to be empty", () => {
  assert.equal(room("studio", []).text, "Free: nothing is booked now");
  assert.equal(room("studio", [booking("studio")]).text, "Booked: Choir, nobody has come yet, until 13:00");
  assert.equal(room("studio", [booking("studio", { arrived_at: "2026-11-25T11:58:00Z" })]).word, "In use");
  assert.equal(room("studio", [], true, "studio").text, "Somebody there since 11:55; nothing is booked now");
  assert.equal(room("studio", [booking("studio", { from: NOW + 60_000 })]).text, "Free: nothing is booked now; next Choir at 12:01");
});

test("a hall is used with its halves, and they with it, but not one half with the other", () => {
  assert.deepEqual(["hall", "east", "west"].map((id) => room(id, [booking("east")]).word), ["Booked", "Booked", "Free"]);
  assert.deepEqual(["hall", "east", "west"].map((id) => room(id, [booking("hall")]).word), ["Booked", "Booked", "Booked"]);
});

test("a room is not known while its bookings are not, or without a live line", () => {
  for (const mark of [room("studio", null), room("studio", [], false), room("cellar", [])]) assert.equal(mark.word, "Not known");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Booking, Space } from "../src/model.ts";
import { startText, isLate, roomBookings, runningText } from "../src/now/roomBookings.ts";

const ZONE = "Europe/London";
const at = (text: string) => Date.parse(text);
const NOW = at("2026-11-25T12:00Z");

function space(id: string): Space {
  return { id, name: id, kind: "room", capacity: 20, pool_size: null, doors: [], parts: [], layouts: [], default_layout: null, bookable: true };
}

function booking(space: string, from: string, to: string, more: Partial<Booking> = {}): Booking {
  return { id: from, space, title: "Choir", from: at(from), to: at(to), status: "confirmed", arrived_at: null, counted_in: 0, release_at: null, ...more } as Booking;
}

test("a room shows what runs and what comes next, and one with neither is left out", () => {
  const all = [
    booking("hall", "2026-11-25T15:00Z", "2026-11-25T16:00Z"),
    booking("hall", "2026-11-25T11:00Z", "2026-11-25T13:00Z"),
    booking("hall", "2026-11-25T14:00Z", "2026-11-25T15:00Z"),
    booking("studio", "2026-11-25T09:00Z", "2026-11-25T12:00Z"),
    booking("yard", "2026-11-25T11:00Z", "2026-11-25T13:00Z", { status: "cancelled" }),
  ];
  const [hall, ...others] = roomBookings(["hall", "studio", "yard"].map(space), all, NOW);
  assert.deepEqual(others, []);
  assert.deepEqual(hall!.now.map((one) => one.id), ["2026-11-25T11:00Z"]);
  assert.equal(hall!.next!.id, "2026-11-25T14:00Z");
});

test("who has not come ten minutes after the start is late, until they come", () => {
  const one = booking("hall", "2026-11-25T11:50Z", "2026-11-25T13:00Z");
  assert.ok(!isLate(one, NOW - 1));
  assert.ok(isLate(one, NOW));
  assert.ok(!isLate({ ...one, status: "arrived" }, NOW));
  assert.equal(runningText(one, ZONE, NOW), "nobody has come, until 13:00");
  assert.equal(runningText({ ...one, release_at: "2026-11-25T12:20:00Z" }, ZONE, NOW), "nobody has come, until 13:00; cancelled if nobody arrives by 12:20");
  assert.equal(runningText(one, ZONE, NOW - 60_000), "nobody has come yet, until 13:00");
  const here = { ...one, status: "arrived", arrived_at: "2026-11-25T11:52:00Z", counted_in: 12 } as const;
  assert.equal(runningText(here, ZONE, NOW), "here since 11:52, 12 came in, until 13:00");
  assert.equal(runningText({ ...one, status: "held" }, ZONE, NOW), "waits for approval, until 13:00");
});

test("lateness is real time in the night the clocks go back, and another day is named", () => {
  const night = booking("hall", "2026-10-25T00:55Z", "2026-10-25T06:00Z");
  assert.ok(isLate(night, at("2026-10-25T01:05Z")));
  assert.ok(!isLate(night, at("2026-10-25T01:04Z")));
  assert.equal(startText(night, ZONE, at("2026-10-24T20:00Z")), "Sun 25 Oct 01:55");
  assert.equal(startText(night, ZONE, at("2026-10-25T00:05Z")), "01:55");
});

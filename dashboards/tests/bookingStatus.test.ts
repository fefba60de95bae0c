import assert from "node:assert/strict";
import { test } from "node:test";
import { bookingBadge, bookingLabel } from "../src/diary/bookingStatus.ts";
import { type DoorState, toBooking, type Status } from "../src/model.ts";

function booked(status: Status, door: DoorState, still_opens: string[] = [], offered = false) {
  const times = { starts: "2027-02-01T10:00:00+00:00", ends: "2027-02-01T12:00:00+00:00" };
  const withBuffers = { setup_starts: times.starts, cleardown_ends: times.ends };
  const on_door = { state: door, text: "", doors: [] };
  const offer = offered ? { wait: "w", until: times.starts } : null;
  return toBooking({ ...({} as Parameters<typeof toBooking>[0]), ...times, ...withBuffers, status, on_door, still_opens, offer });
}

test("a code is no matter of concern before it is due on the door", () => {
  const looks: [DoorState, string, string][] = [
    ["later", "brand", "Confirmed"],
    ["none", "brand", "Confirmed"],
    ["on", "brand", "Code on the door"],
    ["waiting", "warn", "Code on its way"],
    ["unreachable", "warn", "Door offline"],
  ];
  for (const [door, tone, words] of looks) {
    const { tone: shown, words: said } = bookingBadge(booked("confirmed", door));
    assert.deepEqual([shown, said], [tone, words]);
  }
});

test("one that stands in a closure says so until somebody keeps it", () => {
  const closed = { cause: "closed", text: "Ramsey Hub is closed on Fri 25 Dec: Christmas", kept_by: null } as const;
  const stands = { ...booked("confirmed", "on"), affected_by: [{ ...closed, kept_at: null }] };
  const { tone, icon, words } = bookingBadge(stands);
  assert.deepEqual([tone, icon, words], ["bad", "warn", "Confirmed, but closed then"]);
  assert.match(bookingLabel(stands, "Europe/London", "2027-02-01"), /Confirmed, but closed then/);
  const kept = { ...stands, affected_by: [{ ...closed, kept_at: "2026-12-01T10:00:00+00:00" }] };
  assert.equal(bookingBadge(kept).words, "Code on the door");
});

test("whatever state it is in, it is told by words and icon too", () => {
  const looks: [ReturnType<typeof booked>, string, string, string][] = [
    [booked("held", "none"), "warn", "ask", "Waits for approval"],
    [booked("held", "none", [], true), "warn", "ask", "On offer"],
    [booked("requested", "none"), "warn", "ask", "Requested"],
    [booked("arrived", "on"), "ok", "people", "Arrived"],
    [booked("finished", "gone"), "plain", "tick", "Finished"],
    [booked("no_show", "gone"), "plain", "dash", "Nobody came"],
    [booked("released", "gone"), "plain", "cross", "Released, nobody came"],
    [booked("cancelled", "gone"), "plain", "cross", "Cancelled"],
    [booked("cancelled", "removing", ["its code still opens"]), "bad", "warn", "Cancelled, code still opens"],
    [booked("confirmed", "on", ["the code still opens, as before the change"]), "brand", "tick", "Code on the door"],
  ];
  for (const [one, ...said] of looks) {
    const { tone, icon, words } = bookingBadge(one);
    assert.deepEqual([tone, icon, words], said);
  }
});

test("somebody else's shows that the time is taken, and nothing that a booker could take for their own", () => {
  const taken = { ...booked("confirmed", "on"), title: "Taken", actor: "" };
  const { tone, icon, words } = bookingBadge(taken);
  assert.deepEqual([tone, icon, words], ["plain", "lock", "Not yours"]);
  assert.equal(bookingLabel(taken, "Europe/London", "2027-02-01"), "Taken, 10:00 to 12:00, Not yours");
});

test("the name of a booking has its set-up and clear-down, where it has any", () => {
  const plain = { ...booked("requested", "none"), title: "Choir", actor: "warden" };
  assert.equal(bookingLabel(plain, "Europe/London", "2027-02-01"), "Choir, 10:00 to 12:00, Requested");
  const around = { ...plain, withBuffers: { from: plain.from - 1_800_000, to: plain.to } };
  assert.match(bookingLabel(around, "Europe/London", "2027-02-01"), /, with set-up and clear-down 09:30 to 12:00$/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { gapText, lockText, marks, type Past, type People, pieces, roomsAt, thenAt, thenText, wanted } from "../src/now/past/past.ts";
import { HOUR, MINUTE } from "../src/zone.ts";

const ZONE = "Europe/London";
const at = (text: string) => Date.parse(text);

function people(time: string, counted = true): People {
  return { at: time, people: 4, low: 2, high: 7, counted };
}

const LOCKED = { known: true, contact: "closed", lock: "locked", why: null, alarm: null, faults: [] } as const;
const PAST: Past = {
  starts: "2026-11-24T12:00Z",
  ends: "2026-11-25T12:00Z",
  modes: [{ starts: "2026-11-24T12:00Z", ends: "2026-11-25T12:00Z", mode: "closed" }],
  edges: [
    {
      id: "main",
      name: "Main",
      gaps: [{ starts: "2026-11-25T03:00Z", ends: "2026-11-25T04:00Z", why: "not_running" }],
      away: [{ starts: "2026-11-25T06:00Z", ends: "2026-11-25T07:00Z" }],
    },
  ],
  doors: [
    {
      id: "front",
      edge: "main",
      name: "Front door",
      spells: [
        { ...LOCKED, faults: [], starts: "2026-11-24T12:00Z" },
        { starts: "2026-11-25T03:00Z", known: false, contact: "unknown", lock: "unknown", why: null, alarm: null, faults: [] },
        { starts: "2026-11-25T04:00Z", known: true, contact: "open", lock: "unlocked", why: "grant", alarm: null, faults: [] },
      ],
    },
  ],
  alerts: [{ kind: "held", severity: "serious", text: "Held", starts: "2026-11-25T05:00Z", ends: "2026-11-25T05:30Z", over_since: "2026-11-25T05:20Z" }],
  alerts_cut: false,
  fires: [{ edge: "main", state: "latched", starts: "2026-11-25T08:00Z", ends: "2026-11-25T09:00Z" }],
  orders: [{ door: "front", kind: "hold_open", starts: "2026-11-25T08:30Z", ends: "2026-11-25T10:00Z" }],
  rooms: {
    left_out: false,
    states: [
      {
        ...{ place: "hall", name: "Hall", device: "pir", edge: "main", kind: "motion" },
        spells: [
          { starts: "2026-11-24T12:00Z", on: null },
          { starts: "2026-11-25T08:00Z", on: true },
        ],
      },
    ],
    numbers: [
      { place: "hall", name: "Hall", device: "air", edge: "main", kind: "co2", unit: "ppm", starts: "2026-11-25T08:00Z", values: [612.4, null] },
      { place: "", name: "", device: "ap", edge: "main", kind: "stations", unit: "", starts: "2026-11-25T08:00Z", values: [4, 5] },
    ],
  },
  people: [people("2026-11-25T01:00Z"), people("2026-11-25T01:05Z"), people("2026-11-25T03:30Z", false)],
  capacity: 80,
};

test("at a moment each door is in its last spell, and in a gap it is not known, with the reason", () => {
  const [before, gone, after] = ["02:59", "03:00", "04:00"].map((time) => thenAt(PAST, at(`2026-11-25T${time}Z`)).doors[0]!);
  assert.deepEqual([before!.spell.known, gone!.spell.known, after!.spell.known], [true, false, true]);
  assert.equal(before!.gap, null);
  assert.equal(gapText(gone!.edge, gone!.gap!, ZONE, "2026-11-25"), "Main was not running, 03:00 to 04:00");
  assert.equal(lockText(after!.spell), "Unlocked for somebody with a code, card or pass");
});

test("people are those of the nearest five minutes, and unknown where there are none", () => {
  assert.equal(thenAt(PAST, at("2026-11-25T01:03Z")).people!.at, "2026-11-25T01:05Z");
  assert.equal(thenAt(PAST, at("2026-11-25T02:00Z")).people, null);
  assert.equal(thenAt(PAST, at("2026-11-25T03:31Z")).people!.counted, false);
});

test("an alert is open from when it was raised until it was cleared, and an edge out of reach is said", () => {
  const open = ["04:59", "05:00", "05:29", "05:30"].map((time) => thenAt(PAST, at(`2026-11-25T${time}Z`)).alerts.length);
  assert.deepEqual(open, [0, 1, 1, 0]);
  assert.ok(thenAt(PAST, at("2026-11-25T06:30Z")).edges[0]!.away);
});

test("the curve breaks where not every counter worked and where rows are missing", () => {
  const rows = [people("2026-11-25T01:00Z"), people("2026-11-25T01:05Z"), people("2026-11-25T01:10Z", false), people("2026-11-25T01:15Z"), people("2026-11-25T02:00Z")];
  assert.deepEqual(pieces(rows).map((piece) => piece.length), [2, 1, 1]);
});

test("a day has 23 or 25 hours when the clocks change, and the hour that comes twice says so", () => {
  const now = at("2027-04-20T12:00Z");
  const hours = ["2026-10-25", "2027-03-28", "2027-03-29"].map((day) => {
    const { from, to } = wanted(day, now, ZONE);
    return (to - from) / HOUR;
  });
  assert.deepEqual(hours, [25, 23, 24]);
  assert.equal(thenText(at("2026-10-25T00:30Z"), ZONE), "Sun 25 Oct 01:30");
  assert.equal(thenText(at("2026-10-25T01:30Z"), ZONE), "Sun 25 Oct 01:30, for the second time");
  assert.equal(thenText(at("2026-10-25T02:30Z"), ZONE), "Sun 25 Oct 02:30");
});

test("today and the last 24 hours end now", () => {
  const now = at("2026-11-25T12:00:40Z");
  assert.deepEqual(wanted("", now, ZONE), { from: at("2026-11-24T12:00:40Z"), to: now });
  assert.deepEqual(wanted("2026-11-25", now, ZONE), { from: at("2026-11-25T00:00Z"), to: now });
});

test("marks are full hours of the wall clock, as many as fit", () => {
  const found = marks(at("2026-11-25T00:30Z"), at("2026-11-25T12:30Z"), ZONE, 4);
  assert.deepEqual(found.map((one) => one.label), ["03:00", "06:00", "09:00", "12:00"]);
  assert.ok(marks(at("2026-11-25T00:00Z"), at("2026-11-25T00:00Z") + 30 * MINUTE, ZONE, 4).length === 1);
});

test("a door says the fire and the order that held there then", () => {
  const held = ["07:59", "08:00", "08:30", "09:00", "10:00"].map((time) => thenAt(PAST, at(`2026-11-25T${time}Z`)).doors[0]!.held.length);
  assert.deepEqual(held, [0, 1, 2, 1, 0]);
  assert.equal(thenAt(PAST, at("2026-11-25T09:30Z")).doors[0]!.held[0], "Held open by order");
});

test("rooms say what was measured then, a gap as not known, and what is in no room last", () => {
  const said = (time: string) => roomsAt(PAST, at(`2026-11-25T${time}Z`)).map((room) => [room.name, ...room.said.map((one) => one.text)]);
  assert.deepEqual(said("08:03"), [["Hall", "Movement", "CO₂ 612.4 ppm"], ["", "4 devices on the WiFi"]]);
  assert.deepEqual(said("08:05"), [["Hall", "Movement", "CO₂ not known"], ["", "5 devices on the WiFi"]]);
  assert.deepEqual(said("07:00"), [["Hall", "Movement not known", "CO₂ not known"], ["", "WiFi devices not known"]]);
});

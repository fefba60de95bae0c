import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarFile } from "../src/mine/ics.ts";
import { arrange, opensText, type OwnBooking, spokenCode } from "../src/mine/own.ts";
import type { Status } from "../src/model.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-11-26T17:50:00Z");

function booked(id: string, starts: string, status: Status = "confirmed", more: Partial<OwnBooking> = {}): OwnBooking {
  const from = Date.parse(starts);
  const code_window = { starts: new Date(from - 900_000).toISOString(), ends: new Date(from + 8_100_000).toISOString() };
  return { ...({} as OwnBooking), id, title: id, from, to: from + 7_200_000, status, code_window, version: 1, series: null, ...more };
}

test("the next one is the first that is confirmed and not over; the dates of a series are one entry", () => {
  const all = [
    booked("over", "2026-11-26T10:00Z"),
    booked("wish", "2026-11-26T17:00Z", "held"),
    booked("on", "2026-11-26T17:30Z", "arrived"),
    booked("one", "2026-12-01T18:00Z", "confirmed", { series: "s" }),
    booked("off", "2026-12-02T18:00Z", "declined"),
    booked("alone", "2026-12-03T18:00Z"),
    booked("two", "2026-12-08T18:00Z", "confirmed", { series: "s" }),
    booked("offer", "2026-12-09T18:00Z", "held", { offer: { wait: "w", until: "2026-11-30T12:00Z" } }),
  ];
  const { next, coming, waiting, off } = arrange(all, NOW);
  assert.equal(next?.id, "on");
  assert.deepEqual(
    coming.map(({ dates }) => dates.map(({ id }) => id)),
    [["one", "two"], ["alone"]],
  );
  assert.deepEqual(waiting.map(({ id }) => id), ["offer", "wish"]);
  assert.deepEqual(off.map(({ id }) => id), ["off"]);
});

test("the window is in words, with its day until it opens", () => {
  const one = booked("choir", "2026-11-26T18:00Z");
  assert.equal(opensText(one, ZONE, NOW - 3_600_000), "Opens Thu 26 Nov, 17:45 to 20:15");
  assert.equal(opensText(one, ZONE, NOW), "Opens now, until 20:15");
  assert.equal(opensText({ ...one, code_window: null }, ZONE, NOW), "");
});

test("a code is read out in groups", () => {
  assert.deepEqual(["1234", "48291", "482913", "48291376", "9123456789"].map(spokenCode), ["1234", "482 91", "482 913", "4829 1376", "9 123 456 789"]);
});

test("a calendar file has lines of at most 75 bytes, escapes text and holds no code", () => {
  const one = booked("Älteres, höchst klangvolles Männergesangsvereinsvorstandsquartett; 2", "2026-11-26T18:00Z", "confirmed", {
    codes: [{ code: "482913", doors: [] }],
    space_name: "Hall",
    site_name: "Hub",
  });
  const text = calendarFile([one], () => "Great Whyte", NOW);
  const lines = text.split("\r\n");
  assert.ok(lines.every((line) => new TextEncoder().encode(line).length <= 75));
  assert.match(text.replaceAll("\r\n ", ""), /SUMMARY:Älteres\\, höchst .*quartett\\; 2\r\n/);
  assert.ok(lines.includes("DTSTART:20261126T180000Z") && lines.includes("LOCATION:Hall\\, Hub\\, Great Whyte"));
  assert.ok(!text.includes("482913"));
});

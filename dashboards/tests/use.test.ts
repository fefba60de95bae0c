import assert from "node:assert/strict";
import { test } from "node:test";
import { bookedShare, heat, periodOf, usedShare, type Week, yearBefore } from "../src/use/use.ts";

const TODAY = "2026-11-29";
const MINUTES = { bookable: 0, booked: 0, outside: 0, used: 0, no_show: 0, not_measured: 0 };
const TERMS = [
  { name: "Autumn", first: "2026-09-02", last: "2026-12-18" },
  { name: "Summer", first: "2026-04-13", last: "2026-07-17" },
  { name: "Spring", first: "2027-01-05", last: "2027-03-24" },
];

test("four weeks end today, and go on by four weeks but not beyond today", () => {
  const now = periodOf("", TODAY, TODAY, [])!;
  assert.deepEqual([now.from, now.to, now.back, now.on], ["2026-11-02", "2026-11-30", "2026-11-01", ""]);
  assert.equal(periodOf("", "2026-11-10", TODAY, [])!.on, TODAY);
  assert.equal(periodOf("", "2027-11-10", TODAY, [])!.to, "2026-11-30");
});

test("a month and a year are those of the calendar", () => {
  const january = periodOf("month", "2026-01-31", TODAY, [])!;
  assert.deepEqual([january.from, january.to, january.back, january.on], ["2026-01-01", "2026-02-01", "2025-12-01", "2026-02-01"]);
  assert.deepEqual(yearBefore("month", january), { from: "2025-01-01", to: "2025-02-01" });
  const year = periodOf("year", TODAY, TODAY, [])!;
  assert.deepEqual([year.from, year.to, year.on], ["2026-01-01", "2027-01-01", ""]);
});

test("a term is the one that began last, and none that is to come", () => {
  const term = periodOf("term", TODAY, TODAY, TERMS)!;
  assert.deepEqual([term.name, term.to, term.back, term.on], ["Autumn", "2026-12-19", "2026-04-13", ""]);
  assert.equal(periodOf("term", "2026-08-01", TODAY, TERMS)!.name, "Summer");
  assert.equal(periodOf("term", "2026-01-01", TODAY, TERMS), null);
  assert.deepEqual(yearBefore("term", term), { from: "2025-09-03", to: "2025-12-20" }, "weekdays stay weekdays");
});

test("a closed time has no share, and what is not measured is not zero use", () => {
  assert.equal(bookedShare(MINUTES), null);
  assert.equal(usedShare({ ...MINUTES, booked: 60, not_measured: 60 }), null);
  assert.equal(usedShare({ ...MINUTES, booked: 120, not_measured: 60, used: 30 }), 0.5);
});

test("the map has the hours that were bookable or booked, and says closed, booked while closed and not known", () => {
  const none = () => Array.from({ length: 168 }, () => 0);
  const week: Week = { bookable: none(), booked: none(), outside: none(), used: none(), not_measured: none() };
  week.bookable[9] = 60;
  week.booked[9] = week.not_measured[9] = 30;
  week.booked[24 + 11] = week.outside[24 + 11] = 60;
  const rows = heat(week, "booked");
  assert.deepEqual(rows.map(({ hour }) => hour), [9, 10, 11]);
  assert.deepEqual(rows.map(({ cells }) => cells.slice(0, 2).map(({ text }) => text)), [["50", "–"], ["–", "–"], ["–", "+"]]);
  assert.equal(heat(week, "used")[0]!.cells[0]!.text, "?");
});

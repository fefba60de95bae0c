import assert from "node:assert/strict";
import { test } from "node:test";
import type { WireClosure } from "../src/closures/closure.ts";
import { dayTexts, marksOf, monthsOf, rowDays, specialRows, type WireYear, yearDays } from "../src/closures/year.ts";

const ZONE = "Europe/London";
const closure = (first: string, last: string, spaces: string[], starts: string, ends: string): WireClosure => ({ id: first, reason: "Works", spaces, first, last, starts, ends, actor: "Una", public_words: "" });

const YEAR: WireYear = {
  modes: [
    { starts: "2026-12-31T18:00Z", ends: "2027-01-01T01:00Z", mode: "extended", note: null },
    { starts: "2027-01-01T01:00Z", ends: "2027-03-28T00:00Z", mode: "closed", note: null },
    { starts: "2027-03-28T00:00Z", ends: "2027-03-29T00:00+01:00", mode: "staffed", note: null },
    { starts: "2027-03-29T00:00+01:00", ends: "2027-10-31T09:00Z", mode: "closed", note: null },
    { starts: "2027-10-31T09:00Z", ends: "2027-10-31T17:00Z", mode: "staffed", note: "Autumn fair" },
    { starts: "2027-10-31T17:00Z", ends: "2028-01-01T00:00Z", mode: "closed", note: null },
  ],
  holidays: [{ date: "2027-01-01", name: "New Year's Day" }],
  terms: [{ name: "Spring term", first: "2027-01-05", last: "2027-03-24", breaks: [{ first: "2027-02-15", last: "2027-02-19", name: "Half-term" }] }],
  closures: [
    closure("2027-10-31", "2027-10-31", [], "2027-10-31T00:00+01:00", "2027-11-01T00:00Z"),
    closure("2027-03-28", "2027-03-28", ["hall"], "2027-03-28T00:00Z", "2027-03-29T00:00+01:00"),
  ],
  hours: { pattern: [], seasons: [{ name: "Winter", first: "12-01", last: "01-31" }], exceptions: [{ date: "2027-10-31", note: "Autumn fair" }] },
};
const DAYS = yearDays(2027, YEAR, ZONE, () => "Hall");
const on = (day: string) => DAYS.find((one) => one.day === day)!;

test("a year has each of its days once, and months begin on their weekday", () => {
  assert.equal(DAYS.length, 365);
  const months = monthsOf(DAYS);
  assert.deepEqual(months.map(({ days }) => days.length), [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  assert.deepEqual([months[0]?.blank, months[1]?.blank], [4, 0]);
});

test("hours are cut at midnight, and days of the clock changes are whole days", () => {
  assert.deepEqual(on("2027-01-01").hours, ["00:00 to 01:00 members, no staff"]);
  assert.deepEqual(on("2027-03-28").hours, ["All day staffed"]);
  assert.deepEqual(on("2027-03-29").hours, []);
  assert.deepEqual(on("2027-10-31").hours, ["09:00 to 17:00 staffed"]);
  assert.equal(on("2027-11-01").building.length, 0);
});

test("closures, bank holidays, terms and their breaks are said of a day", () => {
  assert.deepEqual(dayTexts(on("2027-01-01")), ["00:00 to 01:00 members, no staff", "Bank holiday: New Year's Day"]);
  assert.deepEqual(dayTexts(on("2027-02-16")), ["Closed", "School holiday: Half-term of the Spring term"]);
  assert.equal(marksOf(on("2027-10-31")), "×");
  assert.equal(marksOf(on("2027-03-28")), "r");
  assert.ok(dayTexts(on("2027-03-28")).includes("Hall closed: Works"));
});

test("a night over a clock change keeps its wall times on both days, and has no day twice", () => {
  const modes = [
    { starts: "2027-03-27T22:00Z", ends: "2027-03-28T03:00+01:00", mode: "extended", note: null },
    { starts: "2027-10-30T22:00+01:00", ends: "2027-10-31T03:00Z", mode: "extended", note: null },
  ];
  const days = yearDays(2027, { ...YEAR, modes, closures: [] }, ZONE, () => "");
  const open = days.filter(({ hours }) => hours.length).map(({ day, hours }) => [day, ...hours]);
  assert.deepEqual(open, [
    ["2027-03-27", "22:00 to midnight members, no staff"],
    ["2027-03-28", "00:00 to 03:00 members, no staff"],
    ["2027-10-30", "22:00 to midnight members, no staff"],
    ["2027-10-31", "00:00 to 03:00 members, no staff"],
  ]);
});

test("a leap year has 29 February, and the days after it stand on their weekdays", () => {
  const days = yearDays(2028, { ...YEAR, modes: [], closures: [] }, ZONE, () => "");
  const months = monthsOf(days);
  assert.equal(days.length, 366);
  assert.equal(months[1]?.days.at(-1)?.day, "2028-02-29");
  assert.deepEqual([months[1]?.blank, months[2]?.blank], [1, 2]);
});

test("days between two terms are a school holiday, those before the first or after the last are not known", () => {
  const terms = [...YEAR.terms, { name: "Summer term", first: "2027-04-12", last: "2027-07-21", breaks: [] }];
  const days = yearDays(2027, { ...YEAR, terms }, ZONE, () => "");
  const away = days.filter((one) => one.away).map(({ day }) => day);
  assert.deepEqual([away.length, away[0], away[4], away[5], away.at(-1)], [5 + 18, "2027-02-15", "2027-02-19", "2027-03-25", "2027-04-11"]);
  assert.ok(dayTexts(days.find(({ day }) => day === "2027-04-01")!).includes("School holiday"));
});

test("the table has all that is not the ordinary week, by its first day", () => {
  const rows = specialRows(2027, YEAR, DAYS, ZONE, () => "Hall");
  assert.deepEqual(
    rows.map((one) => [rowDays(one, 2027), one.what]),
    [
      ["Fri 1 Jan", "Bank holiday: New Year's Day"],
      ["Fri 1 Jan to Sun 31 Jan", "Season: Winter"],
      ["Tue 5 Jan to Wed 24 Mar", "Spring term"],
      ["Mon 15 Feb to Fri 19 Feb", "Half-term"],
      ["Sun 28 Mar", "Closed: Hall"],
      ["Sun 31 Oct", "Autumn fair"],
      ["Sun 31 Oct", "Closed: whole building"],
      ["Wed 1 Dec to Fri 31 Dec", "Season: Winter"],
    ],
  );
});

test("of a closure whose reason is not for the reader, the year says only that it is closed", () => {
  const shut = [closure("2026-12-10", "2026-12-10", [], "2026-12-10T00:00Z", "2026-12-11T00:00Z"), closure("2026-12-10", "2026-12-10", ["hall"], "2026-12-10T00:00Z", "2026-12-11T00:00Z")];
  const found: WireYear = { modes: [], holidays: [], terms: [], closures: shut.map((one) => ({ ...one, reason: "" })), hours: { pattern: [], seasons: [], exceptions: [] } };
  const days = yearDays(2026, found, "Europe/London", () => "Hall");
  assert.deepEqual(dayTexts(days.find(({ day }) => day === "2026-12-10")!), ["Closed", "Building closed", "Hall closed"]);
  assert.deepEqual(specialRows(2026, found, days, "Europe/London", () => "Hall").map(({ detail }) => detail), ["", ""]);
});

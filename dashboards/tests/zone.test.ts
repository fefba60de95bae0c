import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clock,
  clockOf,
  dayOf,
  dayPlus,
  dayStart,
  fieldDay,
  HOUR,
  hourMarks,
  instantOf,
  isDay,
  longDay,
  minutesOf,
  momentText,
  shortDay,
  span,
} from "../src/zone.ts";
import { durationText, parseClock, parseDay, localDateTime } from "../src/dateTimeInput.ts";

const LONDON = "Europe/London";
const FORWARD = "2026-03-29";
const BACK = "2026-10-25";
const at = (text: string) => Date.parse(text);

test("a wall time in the gap of the spring night does not exist", () => {
  assert.equal(instantOf(FORWARD, 90, LONDON), null);
  assert.equal(instantOf(FORWARD, 59, LONDON), at("2026-03-29T00:59Z"));
  assert.equal(instantOf(FORWARD, 120, LONDON), at("2026-03-29T01:00Z"));
});

test("a wall time that comes twice in the autumn night is the first of the two", () => {
  assert.equal(instantOf(BACK, 90, LONDON), at("2026-10-25T00:30Z"));
  assert.equal(instantOf(BACK, 120, LONDON), at("2026-10-25T02:00Z"));
});

test("days of the clock changes have 23 and 25 hours", () => {
  const hours = (day: string) => (dayStart(dayPlus(day, 1), LONDON) - dayStart(day, LONDON)) / HOUR;
  assert.deepEqual([FORWARD, BACK, "2026-11-25"].map(hours), [23, 25, 24]);
});

test("the hour marks skip the missing hour and name the second one", () => {
  assert.deepEqual(
    hourMarks(FORWARD, LONDON).slice(0, 4).map((one) => one.label),
    ["00:00", "02:00", "03:00", "04:00"],
  );
  const back = hourMarks(BACK, LONDON);
  assert.deepEqual(
    back.slice(0, 4).map((one) => [one.label, one.again]),
    [
      ["00:00", false],
      ["01:00", false],
      ["01:00", true],
      ["02:00", false],
    ],
  );
  assert.equal(back.length, 25);
});

test("every quarter hour of both change days comes back from its day and wall time, or is the second of two", () => {
  for (const day of [FORWARD, BACK]) {
    for (let now = dayStart(day, LONDON); now < dayStart(dayPlus(day, 1), LONDON); now += HOUR / 4) {
      const found = instantOf(dayOf(now, LONDON), minutesOf(now, LONDON), LONDON);
      assert.ok(found === now || found === now - HOUR, new Date(now).toISOString());
    }
  }
});

test("a day whose midnight does not exist begins when the clocks jump", () => {
  assert.equal(dayStart("2026-09-06", "America/Santiago"), at("2026-09-06T04:00Z"));
  assert.equal(clock(dayStart("2026-09-06", "America/Santiago"), "America/Santiago"), "01:00");
});

test("zones with offsets of quarter hours keep their walls", () => {
  assert.equal(clock(at("2026-11-25T00:00Z"), "Asia/Kathmandu"), "05:45");
  assert.equal(instantOf("2026-11-25", 345, "Asia/Kathmandu"), at("2026-11-25T00:00Z"));
});

test("days are written the British way, September in three letters", () => {
  assert.equal(shortDay("2026-11-26"), "Thu 26 Nov");
  assert.equal(shortDay("2026-09-06"), "Sun 6 Sep");
  assert.equal(longDay("2026-11-26"), "Thursday 26 Nov 2026");
  assert.equal(fieldDay("2026-11-06"), "06/11/2026");
});

test("a span names a day only where it is another one", () => {
  const [a, b, c] = [at("2026-11-25T18:00Z"), at("2026-11-25T20:00Z"), at("2026-11-26T01:00Z")];
  assert.equal(span(a, b, LONDON), "18:00 to 20:00");
  assert.equal(span(a, c, LONDON, "2026-11-25"), "18:00 to Thu 26 Nov 01:00");
  assert.equal(span(a, c, LONDON, "2026-11-26"), "Wed 25 Nov 18:00 to Thu 26 Nov 01:00");
  const [long, over] = [at("2026-11-25T10:00Z"), at("2026-11-26T11:15Z")];
  assert.equal(span(long, over, LONDON, "2026-11-25"), "10:00 to Thu 26 Nov 11:15");
  assert.equal(span(long, over, LONDON, "2026-11-26"), "Wed 25 Nov 10:00 to Thu 26 Nov 11:15");
  assert.equal(span(long, at("2026-11-27T00:00Z"), LONDON, "2026-11-26"), "Wed 25 Nov 10:00 to Fri 27 Nov 00:00");
  assert.equal(span(a, b, LONDON, "2026-11-27"), "Wed 25 Nov 18:00 to 20:00");
  assert.equal(span(a, at("2026-11-26T00:00Z"), LONDON), "18:00 to midnight");
  assert.equal(span(at("2026-07-24T17:00Z"), at("2026-07-24T23:00Z"), LONDON), "18:00 to midnight");
  assert.equal(momentText(a, LONDON, b), "18:00");
  assert.equal(momentText(a, LONDON, c), "Wed 25 Nov 18:00");
});

test("UK dates are read as day, month, year, however they are typed", () => {
  for (const text of ["26/11/2026", "26.11.26", "26-11-2026", "26 Nov 2026", "Thu 26 November 2026", "26th nov", " 26/11 "])
    assert.equal(parseDay(text, "2026-11-24"), "2026-11-26", text);
  assert.equal(parseDay("3/1", "2026-12-20"), "2027-01-03");
  assert.equal(parseDay("29/2", "2026-02-20"), null);
  for (const text of ["", "31/11/2026", "11/26/2026", "29/02/2026", "tomorrow", "0/1/2026"])
    assert.equal(parseDay(text, "2026-11-24"), null, text);
});

test("a date to come without a year is the next one, and one with a year is that", () => {
  const cases: [string, string | null][] = [
    ["12 Aug", "2027-08-12"],
    ["26/11", "2026-11-26"],
    ["25/11", "2027-11-25"],
    ["31 Dec", "2026-12-31"],
    ["12/8/2026", "2026-08-12"],
    ["29/2", null],
  ];
  for (const [text, day] of cases) assert.equal(parseDay(text, "2026-11-26", "next"), day, text);
});

test("a length of time is said in hours and minutes", () => {
  const cases: [number, string][] = [
    [60, "1 hour"],
    [240, "4 hours"],
    [91, "1 hour 31 minutes"],
    [45, "45 minutes"],
  ];
  for (const [minutes, words] of cases) assert.equal(durationText(minutes), words);
});

test("clock times are read as people type them", () => {
  const cases: [string, number | null][] = [
    ["18:00", 1080],
    ["18.30", 1110],
    ["1830", 1110],
    ["9", 540],
    ["6pm", 1080],
    ["12 am", 0],
    ["12:15pm", 735],
    ["24:00", 1440],
    ["24:01", null],
    ["25", null],
    ["18:60", null],
    ["13pm", null],
    ["", null],
  ];
  for (const [text, minutes] of cases) assert.equal(parseClock(text), minutes, text);
});

test("a wall time past midnight is written on the next day", () => {
  assert.equal(localDateTime("2026-11-30", 1080), "2026-11-30T18:00");
  assert.equal(localDateTime("2026-11-30", 1440 + 60), "2026-12-01T01:00");
  assert.equal(localDateTime("2026-11-30", 1440), "2026-12-01T00:00");
  assert.equal(clockOf(1440), "00:00");
});

test("a day in an address is one of the calendar, in the years of which a diary is kept", () => {
  for (const day of ["2026-11-26", "2028-02-29", "2000-01-01", "2199-12-31"]) assert.ok(isDay(day), day);
  const others = ["2026-13-45", "2026-02-30", "2027-02-29", "26/11/2026", "9999-01-01", "1999-12-31", "2026-1-1", "x", ""];
  for (const day of others) assert.ok(!isDay(day), day);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { daysBefore, levelText, type Row, soFar, stepsOf, type Usual, usualOf } from "../src/now/footfall/footfall.ts";

const row = (hour: number, ins: number | null, more: Partial<Row> = {}): Row => ({ starts: `2026-11-25T${String(hour).padStart(2, "0")}:00:00+00:00`, counter: "front", door: "front", passages: null, visits: ins, coverage: ins === null ? 0 : 1, ...more });
const day = (...ins: (number | null)[]) => stepsOf(ins.map((one, hour) => row(hour, one)));

test("counters add up, and an hour is known only if each of them worked", () => {
  const rows = [row(9, 4), row(9, 3, { counter: "back" }), row(10, 5), row(10, null, { counter: "back" }), row(11, 1), row(11, 2, { counter: "back", coverage: 0.5 })];
  assert.deepEqual(stepsOf(rows).map(({ hour, ins, known }) => [hour, ins, known]), [
    [9, 7, true],
    [10, 5, false],
    [11, 3, false],
  ]);
  assert.deepEqual(stepsOf(rows, "front").map(({ ins, known }) => [ins, known]), [
    [4, true],
    [5, true],
    [1, true],
  ]);
});

test("half visits of a counter that does not tell in from out are summed with those of the others", () => {
  const both = { passages: 3, visits: 1.5, coverage: 1, counter: "mat" };
  assert.deepEqual(stepsOf([row(9, 4), row(9, null, both), row(10, 5), row(10, null, both)]).map(({ ins, known }) => [ins, known]), [
    [5.5, true],
    [6.5, true],
  ]);
});

test("usual is of days on which all those hours were counted, and of four at least", () => {
  const days = [day(1, 2), day(3, 4), day(5, 6), day(7, 8), day(100, null)];
  assert.deepEqual(usualOf(days, (hour) => hour < 2), { low: 3, middle: 9, high: 15, days: 4 });
  assert.equal(usualOf(days.slice(1), (hour) => hour < 2), null);
  assert.equal(usualOf(days, (hour) => hour === 0)!.days, 5);
});

test("of today only whole hours are compared, and nothing if one was not counted", () => {
  assert.equal(soFar(day(1, 2, 30), 2), 3);
  assert.equal(soFar(day(1, null, 30), 2), null);
  assert.equal(soFar(day(1), 0), null);
});

test("what is outside the range of past weeks is more or fewer than usual", () => {
  const usual: Usual = { low: 10, middle: 12, high: 20, days: 6 };
  assert.deepEqual([9, 10, 20, 21].map((ins) => levelText(ins, usual)), ["fewer than usual", "as usual", "as usual", "more than usual"]);
});

test("the days before are the same weekday of eight weeks, also over a change of clocks", () => {
  const days = daysBefore("2026-11-25");
  assert.deepEqual([days[0], days[4], days.length], ["2026-11-18", "2026-10-21", 8]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, type ExpectedHour, hoursOf } from "../src/use/expected.ts";

const ZONE = "Europe/London";
const hour = (starts: string, expected: number): ExpectedHour => ({ starts, ends: starts, expected, low: 0, high: 9, level: "", note: "" });
const day = (day: string) => ({ day, used_from: null, used_until: null, booked_from: null, expected: null });

test("there is a row from the first to the last hour in which somebody is expected on one of the days", () => {
  const items = [hour("2026-11-30T08:00:00Z", 0.2), hour("2026-11-30T09:00:00Z", 8), hour("2026-12-01T11:00:00Z", 2)];
  const rows = ahead({ items, days: [day("2026-11-30"), day("2026-12-01")] }, ZONE);
  assert.deepEqual(rows.map((row) => row.hour), [9, 10, 11]);
  assert.deepEqual(rows[0]?.cells, [{ text: "8", level: 4 }, { text: "", level: -1 }]);
  assert.deepEqual(rows[2]?.cells[1], { text: "2", level: 1 });
});

test("the map adds up the two hours that the clock shows alike in autumn, and lists both of them", () => {
  const items = [hour("2026-10-25T00:00:00Z", 3), hour("2026-10-25T01:00:00Z", 4)];
  assert.deepEqual(ahead({ items, days: [day("2026-10-25")] }, ZONE), [{ hour: 1, cells: [{ text: "7", level: 4 }] }]);
  assert.equal(hoursOf(items, "2026-10-25", ZONE).length, 2);
});

test("the list puts hours of summer time on their local day", () => {
  assert.equal(hoursOf([hour("2026-06-01T23:30:00Z", 1)], "2026-06-02", ZONE).length, 1);
});

test("there are no rows where nobody is expected", () => {
  assert.deepEqual(ahead({ items: [], days: [day("2026-11-30")] }, ZONE), []);
});

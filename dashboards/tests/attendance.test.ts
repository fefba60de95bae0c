import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attended, chosen, type Count, countText, spanOf, totals, unknowns, type Verdict, type When, whenText } from "../src/use/attendance.ts";

const TODAY = "2026-11-29";
const ZONE = "Europe/London";
const NEVER: When = { how: "not_measured", at: null, text: "" };
const BLANK: Count = { how: "not_measured", number: null, error: 0, text: "" };
const NOT: Verdict = { finding: "no", text: "" };

const one = (own: Partial<Attended>): Attended => ({
  booking: "b1",
  space: "hall",
  space_name: "Hall",
  title: "Choir",
  party: "choir",
  party_name: "Choir",
  starts: "2026-11-26T18:00:00+00:00",
  ends: "2026-11-26T20:00:00+00:00",
  status: "finished",
  people: null,
  capacity: null,
  code_on: NEVER,
  first_code: NEVER,
  first_person: NEVER,
  arrived: NEVER,
  codes_used: BLANK,
  came: BLANK,
  let_ins: BLANK,
  peak: BLANK,
  left: NEVER,
  overstay: BLANK,
  no_show: NOT,
  over_capacity: NOT,
  shared: [],
  ...own,
});

test("a period is the day, week or month of a day, and none begins later than today", () => {
  assert.deepEqual(spanOf("", TODAY, TODAY), { name: "Sunday 29 Nov 2026", from: TODAY, to: "2026-11-30", back: "2026-11-28", on: "" });
  const week = spanOf("week", "2026-11-18", TODAY);
  assert.deepEqual([week.from, week.to, week.back, week.on], ["2026-11-16", "2026-11-23", "2026-11-09", "2026-11-23"]);
  assert.equal(spanOf("week", "2027-01-01", TODAY).from, "2026-11-23");
  const month = spanOf("month", "2026-01-31", TODAY);
  assert.deepEqual([month.from, month.to, month.back, month.on], ["2026-01-01", "2026-02-01", "2025-12-01", "2026-02-01"]);
});

test("what is not measured is words and never zero", () => {
  assert.equal(countText(BLANK), "not measured");
  assert.equal(countText({ ...BLANK, how: "later" }), "still to come");
  assert.equal(countText({ ...BLANK, how: "at_least", number: 12, error: 1 }), "at least 12 ± 1");
  assert.equal(countText({ ...BLANK, how: "known", number: 0 }), "0");
  assert.equal(whenText(NEVER, TODAY, ZONE, "nobody came"), "not measured");
  assert.equal(whenText({ ...NEVER, how: "none" }, TODAY, ZONE, "nobody came"), "nobody came");
});

test("a time says whether it may be later, earlier or of others, and its day where that is another", () => {
  const at = "2026-11-29T18:05:00+00:00";
  assert.equal(whenText({ how: "at_least", at, text: "" }, TODAY, ZONE, ""), "18:05 or later");
  assert.equal(whenText({ how: "at_most", at, text: "" }, TODAY, ZONE, ""), "18:05 or earlier");
  assert.equal(whenText({ how: "shared", at, text: "" }, "2026-11-28", ZONE, ""), "Sun 29 Nov 18:05, perhaps others");
});

test("each reason is said once, with all figures that it is about", () => {
  const text = "there is no counter at Side door";
  const found = unknowns(one({ came: { ...BLANK, text }, peak: { ...BLANK, text }, left: { how: "known", at: null, text: "fine" } }));
  assert.deepEqual(found, ["There is no counter at Side door (came, most at once)."]);
});

test("who may have been others is neither arrived nor missing", () => {
  const at = "2026-11-26T18:01:00+00:00";
  const items = [
    one({ arrived: { how: "known", at, text: "" } }),
    one({ arrived: { how: "shared", at, text: "" } }),
    one({ arrived: { ...NEVER, how: "none" }, no_show: { finding: "yes", text: "" }, space: "studio", party: null }),
  ];
  assert.deepEqual(totals(items), { arrived: 1, missed: 1, unknown: 1, later: 0, over: 0, full: 0 });
  assert.equal(chosen(items, "", "", "unknown").length, 1);
  assert.equal(chosen(items, "studio", "", "").length, 1);
  assert.equal(chosen(items, "", "choir", "missed").length, 0);
});

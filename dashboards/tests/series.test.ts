import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changedFieldsText,
  chargedDates,
  choicesOf,
  weekdayCode,
  editSummary,
  repeatOptions,
  onlyBuffers,
  defaultChoice,
  isRefused,
  restoreSummary,
  ruleOf,
  wireChoice,
  type SeriesDate,
  shiftWallTime,
  choiceSummary,
  seriesErrorText,
} from "../src/diary/series.ts";

const MOVE = { space: "studio", layout: null, starts: "2026-12-01T20:00:00+00:00", ends: "2026-12-01T22:00:00+00:00", text: "Studio, 20:00 to 22:00" };

function date(more: Partial<SeriesDate> = {}): SeriesDate {
  return {
    date: "2026-12-01",
    occurrence: "2026-12-01T18:00:00",
    starts: "2026-12-01T18:00:00+00:00",
    ends: "2026-12-01T20:00:00+00:00",
    space: "hall",
    status: "free",
    effect: "book",
    text: "free",
    reasons: [],
    conflicts: [],
    moves: [],
    booking: null,
    lingering: [],
    notes: [],
    ...more,
  };
}
const CLASH = date({ status: "clash", effect: "refuse", moves: [MOVE] });

test("a rule says its days, so that a shift of the first date cannot change them unnoticed", () => {
  const rules: [Parameters<typeof ruleOf>[0], string[], string][] = [
    ["week", ["TU"], "FREQ=WEEKLY;BYDAY=TU"],
    ["week", ["TH", "TU", "SU"], "FREQ=WEEKLY;BYDAY=TU,TH,SU"],
    ["fortnight", ["TU"], "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"],
    ["day", [], "FREQ=DAILY"],
    ["weekdays", [], "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["nth", [], "FREQ=MONTHLY;BYDAY=1TU"],
    ["date", [], "FREQ=MONTHLY;BYMONTHDAY=1"],
  ];
  for (const [kind, days, rule] of rules) assert.equal(ruleOf(kind, "2026-12-01", days), rule);
});

test("the last of a weekday in its month is offered as the last, also where it is the fourth", () => {
  const said: [string, string, string][] = [
    ["2026-12-08", "FREQ=MONTHLY;BYDAY=2TU", "Every month on the second Tuesday"],
    ["2026-12-22", "FREQ=MONTHLY;BYDAY=4TU", "Every month on the fourth Tuesday"],
    ["2026-12-29", "FREQ=MONTHLY;BYDAY=-1TU", "Every month on the last Tuesday"],
    ["2027-02-23", "FREQ=MONTHLY;BYDAY=-1TU", "Every month on the last Tuesday"],
  ];
  for (const [day, rule, words] of said) {
    assert.equal(ruleOf("nth", day, []), rule);
    assert.equal(repeatOptions(day).find(({ value }) => value === "nth")?.words, words);
  }
});

test("dates of the month are said as people say them", () => {
  const said = ["01", "02", "03", "04", "11", "12", "13", "21", "22", "23", "30", "31"].map(
    (day) => repeatOptions(`2026-12-${day}`).find(({ value }) => value === "date")?.words.split(" ").at(-1),
  );
  assert.deepEqual(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "30th", "31st"]);
});

test("a day is named as rules name it, whatever the browser's zone", () => {
  assert.deepEqual(["2027-03-28", "2026-10-25", "2026-11-30"].map(weekdayCode), ["SU", "SU", "MO"]);
});

test("what can be had is booked, what cannot goes by the choice for all of them", () => {
  assert.equal(defaultChoice(date(), "skip"), "book");
  assert.equal(defaultChoice(date({ status: "approval" }), "skip"), "book");
  assert.equal(defaultChoice(CLASH, "skip"), "skip");
  assert.equal(defaultChoice(CLASH, "hold"), "hold");
  assert.equal(defaultChoice(CLASH, "keep"), "skip", "there is nothing to keep");
  assert.equal(defaultChoice(date({ ...CLASH, booking: "b" }), "keep"), "keep");
  assert.equal(defaultChoice(date({ status: "empty", effect: "skip" }), "hold"), "skip");
  assert.equal(defaultChoice(date({ status: "left_out", effect: "nothing" }), "hold"), "skip");
  assert.equal(defaultChoice(date({ status: "past", effect: "nothing" }), "hold"), null);
  assert.equal(defaultChoice(date({ effect: "nothing", booking: "b" }), "keep"), null);
  assert.equal(defaultChoice(date({ effect: "cancel", status: "left_out", booking: "b" }), "keep"), "skip");
});

test("a date that must stay since another one stays there is kept, though it would be free", () => {
  const pushed = date({ effect: "keep", booking: "b" });
  assert.equal(defaultChoice(pushed, "keep"), "keep");
  assert.equal(wireChoice(pushed, "keep"), "keep");
});

test("only what the server would not do by itself is wireChoice, and every date that cannot be had", () => {
  assert.equal(wireChoice(date(), "book"), null);
  assert.equal(wireChoice(date(), "skip"), "skip");
  assert.equal(wireChoice(CLASH, "skip"), "skip");
  assert.equal(wireChoice(CLASH, "hold"), "hold");
  assert.equal(wireChoice(date({ status: "left_out", effect: "nothing" }), "skip"), null);
  assert.equal(wireChoice(date({ status: "left_out", effect: "nothing" }), "book"), "book");
  assert.equal(wireChoice(date({ effect: "cancel", status: "left_out", booking: "b" }), "skip"), null);
  assert.equal(wireChoice(date({ effect: "cancel", status: "left_out", booking: "b" }), "keep"), "keep");
  const { space, layout, starts, ends } = MOVE;
  assert.deepEqual(wireChoice(CLASH, "move0"), { move: { space, layout, starts, ends } });
});

test("choices go by occurrence, since a day can have two", () => {
  const dates = [date(), { ...CLASH, occurrence: "2026-12-01T21:00:00" }];
  assert.deepEqual(choicesOf(dates, (one) => defaultChoice(one, "hold")), { "2026-12-01T21:00:00": "hold" });
});

test("clash, closed and refused are what cannot be had", () => {
  const statuses = ["free", "moved_by_clock", "approval", "clash", "closed", "refused", "empty", "left_out", "past"] as const;
  assert.deepEqual(statuses.filter((status) => isRefused(date({ status }))), ["clash", "closed", "refused"]);
});

test("only setting up and changing over may be overruled, and waiting for approval stands in nobody's way", () => {
  const why = (...repeatOptions: string[]) => repeatOptions.map((kind) => ({ kind, text: "", field: "", conflicts: [], asked: null, limit: null }));
  assert.equal(onlyBuffers(why("buffer")), true);
  assert.equal(onlyBuffers(why("changeover", "buffer", "approval")), true);
  assert.equal(onlyBuffers(why("buffer", "clash")), false);
  assert.equal(onlyBuffers(why("approval")), false);
  assert.equal(onlyBuffers([]), false);
});

test("the choiceSummary says what would become of new dates and of booked ones", () => {
  const dates = [date(), date(), CLASH, date({ booking: "b" }), date({ ...CLASH, booking: "c" }), date({ effect: "nothing", booking: "d" }), date({ status: "past", effect: "nothing" })];
  assert.equal(choiceSummary(dates, (one) => defaultChoice(one, "keep")), "1 changed, 2 to be booked, 2 kept as they are, 1 left out");
  assert.equal(choiceSummary([CLASH], () => "move0"), "1 moved");
  assert.equal(choiceSummary([], () => null), "");
});

test("an edit tells what it has done", () => {
  const dates = [date({ effect: "change" }), date({ effect: "change" }), date({ effect: "keep" }), date({ effect: "nothing" })];
  assert.equal(editSummary(dates), "2 changed, 1 kept");
  assert.equal(editSummary([date({ effect: "nothing" })]), "nothing to do");
});

test("what was changed by hand is told in the words of the form, time once", () => {
  assert.equal(changedFieldsText(["starts", "ends", "space", "setup_min", "notes"]), "time, room, setting up, notes");
});

test("a series goes by as much as its booking was moved, over midnight and both clock changes", () => {
  assert.equal(shiftWallTime("2026-12-01T18:00:00", "2026-12-08T18:00", "2026-12-08T19:30"), "2026-12-01T19:30");
  assert.equal(shiftWallTime("2026-12-01T23:00:00", "2026-12-08T23:00", "2026-12-09T01:00"), "2026-12-02T01:00");
  assert.equal(shiftWallTime("2027-03-21T18:00:00", "2027-03-28T00:30", "2027-03-28T03:30"), "2027-03-21T21:00");
  assert.equal(shiftWallTime("2026-10-18T18:00:00", "2026-10-25T00:30", "2026-10-25T03:30"), "2026-10-18T21:00");
});

test("a refusal names the field of the form", () => {
  assert.equal(seriesErrorText([{ field: "rule", message: "has FREQ twice" }]), "The rule has FREQ twice");
});

test("undoing a cancel says which dates do not come back, and why", () => {
  const left = [{ starts: "2026-12-24T19:00:00+00:00", text: "taken by the Nativity play" }];
  assert.equal(restoreSummary("Choir", { bookings: [], left: [] }, "Europe/London"), "0 dates of Choir are back.");
  assert.equal(
    restoreSummary("Choir", { bookings: [{} as never], left }, "Europe/London"),
    "1 date of Choir is back. Not back: Thu 24 Dec (taken by the Nativity play).",
  );
});

test("what of a series is chargedDates are the dates that would be booked, where they would be", () => {
  const dates = [date(), { ...CLASH, occurrence: "2" }, date({ occurrence: "3", effect: "skip", status: "past" }), date({ occurrence: "4" })];
  const chosen = (one: SeriesDate) => (one.occurrence === "2" ? "move0" : one.occurrence === "4" ? "hold" : defaultChoice(one, "skip"));
  assert.deepEqual(chargedDates(dates, chosen), [
    { occurrence: "2026-12-01T18:00:00", date: { starts: dates[0]!.starts, ends: dates[0]!.ends } },
    { occurrence: "2", date: { starts: MOVE.starts, ends: MOVE.ends, space: "studio", layout: null } },
  ]);
});

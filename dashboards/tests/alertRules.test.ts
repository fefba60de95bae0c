import assert from "node:assert/strict";
import { test } from "node:test";
import { type AlertRule, choices, isUsual, lengthText, previewText, ringText } from "../src/buildings/alertRules.ts";

const HELD: AlertRule = {
  code: "held",
  severity: "serious",
  hint: "close the door",
  off: false,
  raise_after_s: 0,
  clear_after_s: 10,
  set_here: false,
  may_be_off: true,
  usual_raise_s: 0,
  longest_raise_s: 3600,
  usual_clear_s: 10,
  longest_clear_s: 3600,
};

test("the times to choose from go from the usual to the longest, with one that was set elsewhere", () => {
  const words = choices(20, 600, 45).map((one) => one.words);
  assert.deepEqual(words, ["20 s (as usual)", "30 s", "45 s", "1 min", "2 min", "5 min", "10 min"]);
  assert.deepEqual(choices(0, 10, 0).map((one) => one.words), ["at once (as usual)", "10 s"]);
  assert.equal(lengthText(21_600), "6 h");
});

test("a rule is as usual where neither a time nor the switch differs", () => {
  assert.ok(isUsual(HELD, HELD));
  assert.ok(!isUsual(HELD, { ...HELD, off: true }));
  assert.ok(!isUsual(HELD, { ...HELD, clear_after_s: 20 }));
});

test("a preview says how often it would have rung, and with the rules in force", () => {
  assert.equal(previewText({ times: 3, as_now: 17 }), "They would have rung 3 times in the last 30 days; with the rules in force 17 times.");
  assert.match(previewText({ times: 0, as_now: 1 }), /not once in the last 30 days; with the rules in force 1 time\./);
});

test("each ring says when and for how long", () => {
  const now = Date.parse("2026-11-25T18:00:00Z");
  const ring = { code: "held", text: "Front door is held open", at: "2026-11-25T14:02:00+00:00" };
  const said = [30, 300, 3 * 3600, null].map((lasted_s) => ringText({ ...ring, lasted_s }, "Europe/London", now));
  assert.deepEqual(said, ["14:02, for 30 s", "14:02, for 5 min", "14:02, for 3 h", "14:02, and still"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteAlert } from "../src/now/otherSiteAlerts.svelte.ts";
import { ageText, calls, fit, headingText, heldText, places, seenCount, whatText } from "../src/wall/wall.ts";
import { HOUR, MINUTE } from "../src/zone.ts";

const NOW = Date.parse("2026-11-25T12:00Z");
const alert = (site: string, kind: string, own: Partial<SiteAlert> = {}): SiteAlert => ({
  site,
  site_name: site,
  kind,
  severity: "serious",
  about: "",
  at: "2026-11-25T11:00:00Z",
  text: "Front door is held open",
  over_since: null,
  acknowledged_at: null,
  snoozed_until: null,
  ...own,
});

test("a building stands once, by its most serious alert, with how many others it has", () => {
  const found = places([alert("a", "held"), alert("a", "fire", { severity: "danger" }), alert("a", "co2", { severity: "minor" })], NOW);
  assert.deepEqual(found.map(({ site, worst, more }) => [site, worst.kind, more]), [["a", "fire", 2]]);
});

test("danger comes first, then the more serious code, then what has waited longest", () => {
  const found = places(
    [
      alert("battery", "sensor_battery", { severity: "minor", at: "2026-11-20T11:00:00Z" }),
      alert("new code", "of_tomorrow", { at: "2026-11-20T11:00:00Z" }),
      alert("late", "held", { at: "2026-11-25T11:30:00Z" }),
      alert("early", "held"),
      alert("forced", "forced", { severity: "danger" }),
      alert("fire", "fire", { severity: "danger", at: "2026-11-25T11:59:00Z" }),
    ],
    NOW,
  );
  assert.deepEqual(found.map(({ site }) => site), ["fire", "forced", "early", "late", "new code", "battery"]);
  assert.equal(whatText(found[4]!.worst), "Front door is held open");
});

test("what is over, seen or put off calls nobody, and what is seen or put off is counted", () => {
  const all = [
    alert("over", "held", { over_since: "2026-11-25T11:59:00Z" }),
    alert("seen", "held", { acknowledged_at: "2026-11-25T11:59:00Z" }),
    alert("later", "held", { snoozed_until: "2026-11-25T12:01:00Z" }),
    alert("again", "held", { snoozed_until: "2026-11-25T11:59:00Z" }),
  ];
  assert.deepEqual(places(all, NOW).map(({ site }) => site), ["again"]);
  assert.equal(seenCount(all, NOW), 2);
  assert.equal(calls(all[2]!, NOW + 2 * MINUTE), true);
});

test("42 buildings fit in three columns, and more than 60 say how many are not shown", () => {
  assert.deepEqual([fit(1).columns, fit(1).rows], [1, 3]);
  assert.deepEqual([fit(6).columns, fit(6).rows], [2, 3]);
  assert.deepEqual([fit(42).columns, fit(42).rows, fit(42).shown], [3, 14, 42]);
  assert.deepEqual([fit(61).columns, fit(61).rows, fit(61).shown], [4, 15, 60]);
});

test("an age is in the unit that is read at once", () => {
  assert.deepEqual([-1, 59_000, 90_000, 59 * MINUTE, 47 * HOUR, 49 * HOUR].map(ageText), ["0 s", "59 s", "1 min", "59 min", "47 h", "2 days"]);
});

test("a screen says that nothing needs anybody only once that is known, and while it is", () => {
  assert.equal(headingText(null, false), "What needs somebody");
  assert.equal(headingText(0, true), "Not known what needs somebody");
  assert.equal(headingText(0, false), "Nothing needs anybody");
  assert.equal(headingText(2, false), "2 buildings need somebody");
});

test("how long an alert has held is never more than has passed", () => {
  const held = (seconds: number) => heldText(NOW - seconds * 1_000, NOW);
  assert.deepEqual([held(-2), held(0), held(59), held(60), held(119), held(3_600)], ["under 1 min", "under 1 min", "under 1 min", "1 min", "1 min", "1 h"]);
});

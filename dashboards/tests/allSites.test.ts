import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions, newestVersion, orderOf, SHOWN, type SiteSummary, sorted, viewAfter } from "../src/allSites/allSites.ts";

const QUIET = { danger: 0, serious: 0, minor: 0, since: null, seen: 0 };
const building = (site: string, own: Partial<SiteSummary> = {}): SiteSummary => ({
  site,
  site_name: site,
  zone: "UTC",
  trouble: QUIET,
  people: null,
  coldest: null,
  warmest: null,
  battery: null,
  certificate: null,
  edges: { total: 1, away: 0, away_since: null, versions: {} },
  ...own,
});
const names = (all: readonly SiteSummary[], view: string) => sorted(all, orderOf(view)).map(({ site }) => site);

test("at first the worst trouble stands first, of equal trouble the one that has waited longest", () => {
  const all = [
    building("calm"),
    building("many", { trouble: { ...QUIET, serious: 40, since: "2026-11-01T10:00:00Z" } }),
    building("late", { trouble: { ...QUIET, minor: 1, since: "2026-11-25T10:00:00Z" } }),
    building("early", { trouble: { ...QUIET, minor: 1, since: "2026-11-24T10:00:00Z" } }),
    building("danger", { trouble: { ...QUIET, danger: 1 } }),
  ];
  assert.deepEqual(names(all, ""), ["danger", "many", "early", "late", "calm"]);
  assert.deepEqual(names(all, "trouble.other").slice(0, 2), ["calm", "early"]);
});

test("what is not measured comes last, whichever way a column is sorted", () => {
  const heat = (celsius: number) => ({ celsius, room: "Hall", at: "2026-11-25T10:00:00Z" });
  const all = [building("unknown"), building("cold", { coldest: heat(9) }), building("mild", { coldest: heat(19) })];
  assert.deepEqual(names(all, "coldest"), ["cold", "mild", "unknown"]);
  assert.deepEqual(names(all, "coldest.other"), ["mild", "cold", "unknown"]);
});

test("a battery that is silent comes before one that says it is low, and that before one with fewer percent", () => {
  const battery = (percent: number | null, low: boolean, silent = false) => ({ percent, low, silent, sensor: "s", room: "Hall", at: "2026-11-25T10:00:00Z" });
  const all = [building("fine", { battery: battery(null, false) }), building("few", { battery: battery(8, false) }), building("low", { battery: battery(null, true) }), building("dead", { battery: battery(43, false, true) })];
  assert.deepEqual(names(all, "battery"), ["dead", "low", "few", "fine"]);
});

test("versions are sorted as versions, by the oldest of a building", () => {
  const versions = (...all: string[]) => ({ total: 2, away: 0, away_since: null, versions: Object.fromEntries(all.map((one) => [one, 1])) });
  const all = [building("new", { edges: versions("0.10.0") }), building("mixed", { edges: versions("0.10.0", "0.9.1") }), building("old", { edges: versions("0.2.0") })];
  assert.deepEqual(names(all, "version"), ["old", "mixed", "new"]);
  assert.equal(newestVersion(all), "0.10.0");
  assert.ok(compareVersions("0.2.0", "0.2.0") === 0 && compareVersions("1.0", "0.99.9") > 0);
});

test("a column that is pressed again is turned round, and the address says so", () => {
  for (const column of SHOWN) {
    const first = orderOf(viewAfter({ column: column === "building" ? "trouble" : "building", down: false }, column));
    assert.equal(first.column, column);
    const second = orderOf(viewAfter(first, column));
    assert.deepEqual(second, { column, down: !first.down });
    assert.deepEqual(orderOf(viewAfter(second, column)), first);
  }
  for (const name of ["nonsense", "constructor", "toString.other"]) assert.equal(orderOf(name).column, "trouble");
});

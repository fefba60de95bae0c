import assert from "node:assert/strict";
import { test } from "node:test";
import type { Door, Edge, Snapshot, StoredAlert } from "../src/model.ts";
import { alerts, areaWords, atNightToo, doorOverrides, notCounting, planWords, healthCounts } from "../src/now/statusText.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-11-25T12:00Z");

const edge: Edge = {
  id: "main",
  name: "Main",
  online: true,
  since: "2026-11-25T09:00:00Z",
  plan_version: 5,
  applied_version: 4,
  plan_refused: null,
  revoked_at: null,
  trust: "synced",
  outbox_behind: 0,
  health: {},
};
const snapshot: Snapshot = {
  type: "snapshot",
  at: "2026-11-25T12:00:00Z",
  site: "ramsey",
  zone: ZONE,
  people: null,
  occupancy: null,
  edges: [edge],
  fires: [],
  areas: [],
  doors: [],
  counters: [],
  motion: [],
  wifi: [],
  mode: null,
  outages: [],
  alerts: [],
  recent: [],
  overrides: [],
  restored: 0,
  acts: "",
  floor_plan: null,
};

const stored = (kind: string, more: Partial<StoredAlert> = {}): StoredAlert => ({
  ...{ id: null, kind, severity: "serious", at: "2026-11-25T11:05:00Z", text: kind, hint: "", edge: "main", about: "main" },
  ...{ over_since: null, acknowledged_at: null, acknowledged_by: "", snoozed_until: null, ...more },
});

test("an alert that the page words itself is shown once, with what is stored of it", () => {
  const away = { ...snapshot, edges: [{ ...edge, online: false }] };
  const [alert, ...more] = alerts({ ...away, alerts: [stored("offline", { id: "a1" })] }, ZONE, NOW);
  assert.deepEqual([alert?.text, alert?.stored?.id, more], ["Main is offline", "a1", []]);
});

test("one alert stands for many Pis that are away at once", () => {
  const edges = ["a", "b", "c", "d"].map((id) => ({ ...edge, id, name: id, online: false }));
  const storm = stored("offline", { edge: "", about: "", text: "4 Pis are offline: a, b, c, d" });
  assert.deepEqual(alerts({ ...snapshot, edges, alerts: [storm] }, ZONE, NOW).map((one) => one.text), [storm.text]);
});

test("one alert stands for many devices of a Pi with faults, and for no other Pi", () => {
  const faults = [{ code: "lock_not_locked", part: "", text: "the lock does not hold", hint: "" }];
  const doors = ["main", "barn"].map((of) => ({ id: of, edge: of, name: of, alarm: null, codes_wait_until: null, faults }) as unknown as Door);
  const many = stored("fault", { about: "", text: "Main: 4 devices have faults at once" });
  const early = stored("fault", { text: "main: was named before" });
  const barn = stored("fault", { edge: "barn", about: "barn", id: "a2" });
  const said = alerts({ ...snapshot, doors, alerts: [many, early, barn] }, ZONE, NOW);
  assert.deepEqual(
    said.map((one) => [one.text, one.stored?.id ?? null]),
    [["barn: the lock does not hold", "a2"], [many.text, null], [early.text, null]],
  );
});

test("an alert that no longer holds is not shown", () => {
  assert.deepEqual(alerts({ ...snapshot, alerts: [stored("held", { over_since: "2026-11-25T11:59:55Z" })] }, ZONE, NOW), []);
});

test("an edge offline is not said to work: it may have no power", () => {
  const [alert] = alerts({ ...snapshot, edges: [{ ...edge, online: false }] }, ZONE, NOW);
  assert.deepEqual(
    [alert?.text, alert?.when],
    ["Main is offline", "since 09:00; if it has power, its doors go on by their last plan"],
  );
});

test("fire goes before everything, and stays until a key holder has ended it", () => {
  const door: Door = {
    id: "front",
    edge: "main",
    name: "Front door",
    mode: "code",
    contact: "open",
    lock: "unlocked",
    alarm: "forced",
    faults: [{ code: "lock_not_locked", part: "", text: "the lock does not hold", hint: "look whether the relay is welded shut" }],
    codes_wait_until: "2026-11-25T12:30:00Z",
    since: "2026-11-25T11:00:00Z",
    at: "2026-11-25T11:40:00Z",
    stale: false,
    last: null,
  };
  const fire = { edge: "main", since: "2026-11-25T11:30:00Z", stale: false };
  const said = (state: "active" | "latched") => alerts({ ...snapshot, doors: [door], fires: [{ ...fire, state }] }, ZONE, NOW);
  assert.deepEqual(
    said("active").map((one) => one.text),
    ["Fire alarm", "Front door was forced open", "Front door: the lock does not hold", "Too many wrong codes: none is accepted until 12:30"],
  );
  assert.match(said("latched")[0]!.when, /^since 11:30; a key holder/);
  assert.notEqual(said("active")[0]!.key, said("latched")[0]!.key);
});

test("a stored alert needs somebody", () => {
  const told = [stored("plan_refused", { text: "Main refused plan 5: its disk is full", hint: "look at its disk" })];
  const [alert] = alerts({ ...snapshot, alerts: told }, ZONE, NOW);
  assert.deepEqual([alert?.text, alert?.when], [told[0]?.text, "at 11:05; look at its disk"]);
});

test("somebody who was forced comes before all but fire, and anything else that is stored after what stands now", () => {
  const fires = [{ edge: "main", state: "active" as const, since: "2026-11-25T11:30:00Z", stale: false }];
  const both = { ...snapshot, fires, edges: [{ ...edge, online: false }], alerts: [stored("new_log"), stored("duress")] };
  const said = alerts(both, ZONE, NOW).map((one) => one.text);
  assert.deepEqual([said[0], said[1], said.at(-1)], ["Fire alarm", "duress", "new_log"]);
});

test("a plan that was refused is not waited for", () => {
  assert.equal(planWords(edge), "waiting to apply the newest plan");
  assert.equal(planWords({ ...edge, plan_refused: "its disk is full" }), "refused the newest plan: its disk is full");
});

test("a revoked device needs a new token, and no plan", () => {
  const out = { ...edge, online: false, revoked_at: "2026-11-25T11:05:00Z" };
  const [alert] = alerts({ ...snapshot, edges: [out] }, ZONE, NOW);
  assert.equal(alert?.text, `${edge.name} was revoked and needs a new token`);
  assert.match(alert.when, /^since 11:05; if it has power, its doors go on/);
  assert.match(planWords(out), /^revoked: it gets no plan until/);
});

test("codes typed wrongly are no faults", () => {
  const { faults, wrongCodes } = healthCounts({ ...edge, health: { wrong_codes: 3, refused_malformed: 2, dropped: 0 } });
  assert.deepEqual([faults, wrongCodes], [[["refused_malformed", 2]], 3]);
});

for (const [stations, fixed, shown] of [[12, 9, 9], [4, 9, 4], [0, 9, 0], [null, 9, 0], [12, null, 0]] as const) {
  test(`of ${stations} devices, with ${fixed} in most nights, ${shown} are there at night too`, () => {
    assert.equal(atNightToo({ stations, fixed }), shown);
  });
}

test("a counter that a fault stops says since when nobody is counted", () => {
  const faults = [{ text: "the inner beam is blocked" }];
  const stopped = { not_counting_since: "2026-11-25T09:14:00Z", faults };
  assert.equal(notCounting(stopped, ZONE, NOW), "nobody counted since 09:14: the inner beam is blocked");
  assert.equal(notCounting({ not_counting_since: null, faults }, ZONE, NOW), "");
});

test("a door that does not have its override needs somebody, and says so", () => {
  const at = { door: "front", state: "unreachable", holds: false, text: "NOT locked down: the door is offline" } as const;
  const one = { id: "1", kind: "lock_down", whole: true, starts: "", ends: "", ended: false, doors: [at] } as const;
  const cut: Snapshot = { ...snapshot, overrides: [{ ...one, doors: [at, { ...at, door: "side", state: "on", text: "locked down" }] }] };
  assert.deepEqual(
    alerts(cut, ZONE, NOW).map((alert) => alert.text),
    ["front is NOT locked down: the door is offline"],
  );
  assert.deepEqual(doorOverrides(cut, "front"), [{ id: "1", text: "NOT locked down: the door is offline", bad: true }]);
  assert.deepEqual(doorOverrides(cut, "side"), [{ id: "1", text: "Locked down", bad: false }]);
});

test("an area that was triggered goes before doors, one that does not set is told, and one that is set is calm", () => {
  const area = { id: "ground floor", edge: "main", state: "set", since: "2026-11-25T11:00:00Z", why: null, withheld: null, stale: false } as const;
  const said = (more: object) => alerts({ ...snapshot, areas: [{ ...area, ...more }] }, ZONE, NOW).map((one) => `${one.text} ${one.when}`.trim());
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ state: "triggered", why: "movement in hall" }), ["Intruder alarm in ground floor: movement in hall since 11:00"]);
  assert.deepEqual(said({ state: "unset", withheld: "hall-window is open" }), [
    "The alarm in ground floor does not set: hall-window is open",
  ]);
  const words = (more: object) => areaWords({ ...area, ...more }, ZONE, NOW);
  assert.equal(words({}), "Set since 11:00");
  assert.equal(words({ state: "unset", why: "staff at front-door" }), "Unset since 11:00, by staff at front-door");
  assert.equal(words({ state: "unset", since: null }), "Unset");
  assert.equal(words({ stale: true }), "Set since 11:00; its edge is offline");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Act, type OverrideDoor, DURATIONS, EXPLANATIONS, nextTime, overrideResult, suggestedReasons, USUAL_REASONS } from "../src/acts/actTypes.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-11-25T14:30Z");

test("an end is the next time that the building's clock reads so", () => {
  for (const [text, at] of [
    ["18:00", "2026-11-25T18:00Z"],
    ["1800", "2026-11-25T18:00Z"],
    [" 9:05 ", "2026-11-26T09:05Z"],
    ["14:30", "2026-11-26T14:30Z"],
    ["0:00", "2026-11-26T00:00Z"],
  ] as const) {
    assert.equal(nextTime(text, ZONE, NOW), Date.parse(at), text);
  }
  for (const text of ["", "6pm", "24:00", "12:60", "18", "18:0", "-1:00"]) assert.equal(nextTime(text, ZONE, NOW), null, text);
});

test("an end over either change of the clocks is of the clock on the wall", () => {
  assert.equal(nextTime("09:00", ZONE, Date.parse("2026-03-28T20:00Z")), Date.parse("2026-03-29T08:00Z"));
  assert.equal(nextTime("09:00", ZONE, Date.parse("2026-10-24T20:00Z")), Date.parse("2026-10-25T09:00Z"));
  // There is no 01:30 in the night in which they go forward; the next one is a day later.
  assert.equal(nextTime("01:30", ZONE, Date.parse("2026-03-28T20:00Z")), Date.parse("2026-03-30T00:30Z"));
});

const act: Act = {
  id: "1",
  at: "2026-11-25T12:00Z",
  kind: "unlock",
  where: ["Front door"],
  whole: false,
  until: null,
  reason: "Parcel",
  actor: "Una",
  outcome: "done",
  text: "",
};

test("the reasons given last are offered first, each once, of the same kind only", () => {
  const acts = [act, { ...act, reason: "Plumber" }, act, { ...act, kind: "lock_down", reason: "Drill at noon" }];
  assert.deepEqual(suggestedReasons("unlock", acts), ["Parcel", "Plumber", ...USUAL_REASONS.unlock]);
  assert.deepEqual(suggestedReasons("lock_down", []), USUAL_REASONS.lock_down);
  assert.deepEqual(suggestedReasons("unlock", [{ ...act, reason: "key forgotten" }]), ["key forgotten", "Code does not work", "Delivery"]);
});

const door: OverrideDoor = { door: "front", name: "Front door", state: "on", holds: true, text: "locked down since 14:30" };

test("what is not on a door is said plainly", () => {
  const cut: OverrideDoor = { ...door, name: "Side door", state: "unreachable", text: "NOT locked down: the door is offline" };
  assert.deepEqual(overrideResult("lock_down", [door]), { text: "Lock down: done at Front door.", tone: "ok" });
  assert.deepEqual(overrideResult("lock_down", [door, door]), { text: "Lock down: done at all 2 doors.", tone: "ok" });
  const told = overrideResult("lock_down", [door, cut]);
  assert.deepEqual(told, { text: "Lock down: Side door is NOT locked down: the door is offline.", tone: "bad" });
});

test("every kind has words, and every override a length", () => {
  assert.deepEqual(Object.keys(EXPLANATIONS).sort(), Object.keys(USUAL_REASONS).sort());
  for (const lengths of Object.values(DURATIONS)) assert.equal(lengths.filter((one) => one.usual).length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, isNight, roomNow, roomOf, strip, takenText } from "../src/tablet/room.ts";

const ZONE = "Europe/London";
const at = (text: string) => Date.parse(text);
const NOW = at("2026-11-25T12:00Z");

function taken(starts: string, ends: string, more: Partial<Answer["taken"][number]> = {}): Answer["taken"][number] {
  return { starts, ends, held_from: starts, held_until: ends, who: "", sure: true, arrived: false, ...more };
}
function room(all: Answer["taken"], shut: Answer["shut"] = []) {
  return roomOf({ site: "Ramsey Hub", space: "Hall", zone: ZONE, now: "", build: "", may_end: true, may_book: true, taken: all, shut });
}

test("a room is free until it is prepared for the next booking", () => {
  const all = room([taken("2026-11-25T14:00Z", "2026-11-25T15:00Z", { held_from: "2026-11-25T13:45Z" })]);
  assert.deepEqual([roomNow(all, NOW).word, roomNow(all, NOW).until], ["Free", "until 13:45"]);
  const soon = roomNow(all, at("2026-11-25T13:50Z"));
  assert.deepEqual([soon.word, soon.until, soon.who], ["Not free", "until 14:00", "It is being set up"]);
});

test("a booking that is on goes before a closure, and a hold says that it is one", () => {
  const shut = [{ starts: "2026-11-25T08:00Z", ends: "2026-11-25T20:00Z", why: "Floor polish" }];
  const on = room([taken("2026-11-25T11:00Z", "2026-11-25T13:00Z", { who: "Quiz" })], shut);
  assert.deepEqual([roomNow(on, NOW).word, roomNow(on, NOW).until, roomNow(on, NOW).who], ["In use", "until 13:00", "Quiz"]);
  assert.deepEqual([roomNow(on, at("2026-11-25T14:00Z")).word, roomNow(on, at("2026-11-25T14:00Z")).who], ["Closed", "Floor polish"]);
  const held = room([taken("2026-11-25T11:00Z", "2026-11-25T13:00Z", { sure: false })]);
  assert.equal(roomNow(held, NOW).word, "Reserved");
});

test("closures that meet are one, and an end tomorrow has its day", () => {
  const all = room([], [
    { starts: "2026-11-25T11:00Z", ends: "2026-11-25T20:00Z", why: "Evening" },
    { starts: "2026-11-25T20:00Z", ends: "2026-11-26T09:00Z", why: "Night" },
  ]);
  assert.equal(roomNow(all, NOW).until, "until Thu 26 Nov 09:00");
});

test("over midnight the day is named, and what is free beyond it is free until tomorrow", () => {
  const all = room([taken("2026-11-26T09:00Z", "2026-11-26T10:00Z")]);
  assert.equal(roomNow(all, NOW).until, "until tomorrow");
  assert.equal(takenText(roomNow(all, NOW).next!, ZONE, NOW), "Thu 26 Nov 09:00 to 10:00");
  assert.equal(roomNow(all, at("2026-11-26T00:00Z")).until, "until 09:00");
  const late = room([taken("2026-11-25T22:00Z", "2026-11-26T00:00Z")]);
  assert.equal(roomNow(late, at("2026-11-25T23:59Z")).until, "until midnight");
});

test("when the clocks change the strip keeps hours of one length, and the state the site's times", () => {
  const spring = room([taken("2027-03-28T00:30Z", "2027-03-28T02:00Z")]);
  assert.equal(roomNow(spring, at("2027-03-28T00:45Z")).until, "until 03:00");
  const begins = at("2027-03-28T00:00Z") - 1;
  assert.deepEqual(strip(spring, begins, 4).marks.map((one) => one.label), ["00:00", "02:00", "03:00", "04:00"]);
  const autumn = room([taken("2026-10-25T00:30Z", "2026-10-25T01:30Z")]);
  const marks = strip(autumn, at("2026-10-24T23:59Z"), 4).marks;
  assert.deepEqual(marks.map((one) => one.label), ["01:00 BST", "01:00 GMT", "02:00", "03:00"].slice(0, marks.length));
  const steps = marks.slice(1).map((one, index) => Math.round(one.left - marks[index]!.left));
  assert.ok(steps.every((step) => step === 25), String(steps));
  assert.equal(roomNow(autumn, at("2026-10-25T00:45Z")).word, "In use");
  assert.equal(roomNow(autumn, at("2026-10-25T00:45Z")).until, "until 01:30 GMT", "which of the two");
  assert.equal(takenText(autumn.taken[0]!, ZONE, at("2026-10-24T12:00Z")), "Sun 25 Oct 01:30 BST to 01:30 GMT");
  assert.equal(takenText(spring.taken[0]!, ZONE, at("2027-03-27T12:00Z")), "Sun 28 Mar 00:30 to 03:00");
  assert.equal(roomNow(autumn, at("2026-10-25T01:45Z")).word, "Free");
});

test("the strip shows what is left of each time, as far as it reaches", () => {
  const all = room([taken("2026-11-25T11:00Z", "2026-11-25T13:00Z"), taken("2026-11-25T23:00Z", "2026-11-26T01:00Z")]);
  const blocks = strip(all, NOW, 4).blocks.filter((one) => one.kind === "taken");
  assert.deepEqual(blocks, [{ left: 0, width: 25, kind: "taken" }]);
});

test("the night is from ten to six by the site's clock", () => {
  const hours = ["21:59", "22:00", "05:59", "06:00"].map((text) => isNight(at(`2026-07-01T${text}+01:00`), ZONE));
  assert.deepEqual(hours, [false, true, true, false]);
});

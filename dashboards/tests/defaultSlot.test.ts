import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSlot } from "../src/diary/formValues.ts";
import type { Mode, Space } from "../src/model.ts";

const at = (time: string) => Date.parse(`2026-11-26T${time}Z`);
const DAY = { from: at("00:00"), to: Date.parse("2026-11-27T00:00Z") };
const space = (id: string, kind: Space["kind"], bookable = true) => ({ id, kind, bookable }) as Space;
const SPACES = [space("desks", "pool"), space("foyer", "room", false), space("hall", "room")];
const OPEN: Mode[] = [
  { from: at("00:00"), to: at("08:00"), mode: "closed" },
  { from: at("08:00"), to: at("12:00"), mode: "extended" },
  { from: at("13:00"), to: at("17:30"), mode: "staffed" },
];

test("a new booking begins in a room, at the next hour that is open", () => {
  const cases: [string, string][] = [
    ["04:00", "08:00"],
    ["08:20", "09:00"],
    ["11:00", "13:00"],
    ["16:05", "17:00"], // too late for an hour of it: the next one, for a user who may book then
    ["22:10", "23:00"],
  ];
  for (const [now, from] of cases)
    assert.deepEqual(defaultSlot(SPACES, OPEN, DAY, at(now)), { space: "hall", from: at(from), to: at(from) + 3_600_000 }, now);
});

test("a day to come begins as it opens, one without hours at ten", () => {
  const before = at("04:00") - 86_400_000 * 3;
  assert.equal(defaultSlot(SPACES, OPEN, DAY, before).from, at("08:00"));
  assert.equal(defaultSlot(SPACES, [], DAY, before).from, at("10:00"));
});

test("where there are places only, one of them is taken", () => {
  assert.equal(defaultSlot([space("desks", "pool")], OPEN, DAY, at("09:00")).space, "desks");
  assert.equal(defaultSlot([], OPEN, DAY, at("09:00")).space, "");
});

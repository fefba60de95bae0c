import assert from "node:assert/strict";
import { test } from "node:test";
import { roomRows } from "../src/now/roomRows.ts";

const hall = { name: "Hall", state: "uncertain", people: 9, low: 1, high: 20, rests_on: "somebody moves", missing: ["how many"] };
const yard = { name: "Yard", state: "not measured", people: null, low: null, high: null, rests_on: "", missing: [] };

test("a room without a sensor is not measured, never 0, and who is in no measured room is elsewhere", () => {
  const elsewhere = { people: 3, low: 0, high: 8 };
  assert.deepEqual(roomRows({ rooms: [hall, yard], elsewhere, disagree: "" }), [
    ["Hall", "9, from 1 to 20", "somebody moves; uncertain: how many"],
    ["Yard", "not measured", ""],
    ["Elsewhere", "3, from 0 to 8", "in no measured room"],
  ]);
  assert.deepEqual(roomRows({ rooms: [yard], elsewhere, disagree: "" }), [["Yard", "not measured", ""]]);
});

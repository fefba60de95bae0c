import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, tooMany, working } from "../src/diary/together.ts";

test("more than the server takes at once are refused in clear words", () => {
  assert.equal(tooMany(500), "");
  assert.match(tooMany(501), /^At most 500 bookings .* Choose 1 fewer/);
});

test("a long change says how long it takes", () => {
  assert.equal(working(20), "Working…");
  assert.equal(working(200), "Working, for about 8 seconds…");
});

test("a move is not said to be free of charge", () => {
  assert.match(charged("cancel"), /^Nothing is charged/);
  assert.match(charged("to hall"), /what the new room costs/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { slugOf } from "../src/diary/createParty.ts";

test("an id is made of a name as in an import", () => {
  assert.equal(slugOf("St Mary’s Choir"), "st-marys-choir");
  assert.equal(slugOf("  Café Zoë & Co. "), "cafe-zoe-co");
  assert.equal(slugOf("x".repeat(39) + " y"), "x".repeat(39));
  assert.equal(slugOf("合唱団"), "");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { charged, costText, sumText, tooMany } from "../src/diary/together.ts";

test("more than the server takes at once are refused in clear words", () => {
  assert.equal(tooMany(500), "");
  assert.match(tooMany(501), /^At most 500 bookings .* Choose 1 fewer/);
});

test("what each costs is set beside what it costs now, and so are all together", () => {
  const texts = [[null, null], [1200, 1200], [1200, 2000], [1200, 0], [null, 2000], [1200, null]] as const;
  assert.deepEqual(texts.map(([before, after]) => costText(before, after)), [
    "",
    "costs £12.00, as now",
    "costs £20.00 instead of £12.00",
    "costs nothing instead of £12.00",
    "costs £20.00; no charge was set",
    "no charge is set there; now £12.00",
  ]);
  const one = (before_pence: number | null, after_pence: number | null, refused = "") => ({ booking: { id: "" }, refused, before_pence, after_pence });
  assert.equal(sumText([one(1200, 2000), one(800, 800), one(500, 900, "taken"), one(null, null)]), "All together cost £28.00 instead of £20.00.");
  assert.equal(sumText([one(1200, 1200), one(null, null)]), "");
});

test("a move is not said to be free of charge", () => {
  assert.match(charged("cancel"), /^Nothing is charged/);
  assert.match(charged("to hall"), /what the new room costs/);
});

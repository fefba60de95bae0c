import assert from "node:assert/strict";
import { test } from "node:test";
import { elapsedText, endOf, keep, type Kept, load, passed, takenBack, tapped } from "../src/use/handCount.ts";

const START = Date.parse("2026-11-29T10:00:00Z");
const KEPT: Kept = { id: "c1", counter: "front-beams", startedAt: START, stoppedAt: null, taps: "", key: "k" };

test("the last tap is taken back, and no more than there are", () => {
  const three = tapped(tapped(tapped(KEPT, "i"), "i"), "o");
  assert.deepEqual(passed(three), { ins: 2, outs: 1 });
  assert.deepEqual(passed(takenBack(three)), { ins: 2, outs: 0 });
  assert.deepEqual(passed(takenBack(KEPT)), { ins: 0, outs: 0 });
});

test("what is sent late ends when it was stopped", () => {
  const stopped = { ...tapped(KEPT, "o"), stoppedAt: START + 900_000 };
  assert.deepEqual(endOf(stopped), { ins: 0, outs: 1, ends_at: "2026-11-29T10:15:00.000Z" });
  assert.equal(elapsedText(stopped, START + 9_000_000), "15 minutes: enough");
  assert.equal(elapsedText(KEPT, START + 119_000), "1 of 15 minutes");
});

test("a count outlives a reload, and what is no count is not one", () => {
  const stored = new Map<string, string>();
  const storage = { getItem: (name: string) => stored.get(name) ?? null, setItem: (name: string, value: string) => void stored.set(name, value), removeItem: (name: string) => void stored.delete(name) };
  const one = tapped(KEPT, "i");
  keep(storage, "ramsey", one);
  assert.deepEqual(load(storage, "ramsey"), one);
  assert.equal(load(storage, "march"), null);
  keep(storage, "ramsey", null);
  assert.equal(load(storage, "ramsey"), null);
  for (const bad of ["{", "7", '{"id":"x","taps":"ixo"}']) {
    stored.set("hand-count.ramsey", bad);
    assert.equal(load(storage, "ramsey"), null);
  }
});

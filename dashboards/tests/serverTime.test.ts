import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffDelay } from "../src/backoff.ts";
import { ServerTime } from "../src/serverTime.ts";

const NOON = Date.parse("2026-11-25T12:00Z");

test("the time is not known before the server has told it", () => {
  assert.equal(new ServerTime().at(1000), null);
});

test("server time goes on from what was heard, whatever this machine's date", () => {
  const clock = new ServerTime();
  clock.sync(NOON, 5_000);
  assert.equal(clock.at(8_000), NOON + 3_000);
});

test("a server on a faster clock is followed at its own rate", () => {
  const clock = new ServerTime();
  for (let beat = 0; beat < 4; beat += 1) clock.sync(NOON + beat * 300_000, beat * 5_000);
  assert.equal(clock.rate, 60);
  assert.equal(clock.at(16_000), NOON + 960_000);
});

test("the jitter of the line is not taken for another rate", () => {
  const clock = new ServerTime();
  clock.sync(NOON, 0);
  clock.sync(NOON + 5_000, 5_120);
  assert.equal(clock.rate, 1);
});

test("a jump of the server's clock, back or forward, is followed at once and is no rate", () => {
  for (const jump of [-3_600_000, 3_600_000]) {
    const clock = new ServerTime();
    clock.sync(NOON, 0);
    clock.sync(NOON + 5_000, 5_000);
    clock.sync(NOON + jump, 10_000);
    assert.equal(clock.at(10_000), NOON + jump);
    clock.sync(NOON + jump + 5_000, 15_000);
    assert.equal(clock.rate, 1);
  }
});

test("reconnecting waits longer each time, 15 seconds at most, never in step with others", () => {
  const top = () => 1;
  assert.deepEqual([0, 1, 2, 10].map((attempt) => backoffDelay(attempt, top)), [500, 1000, 2000, 15_000]);
  assert.equal(backoffDelay(0, () => 0), 300);
});

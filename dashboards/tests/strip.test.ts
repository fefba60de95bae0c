import assert from "node:assert/strict";
import { test } from "node:test";
import { type Recorded, steps } from "../src/now/strip.ts";
import type { Count, How, When } from "../src/use/attendance.ts";

const when = (how: How, at: string | null = null): When => ({ how, at, text: "as the door said" });
const count = (how: How, number: number | null = null, error = 0): Count => ({ how, number, error, text: "" });
const later = when("later");
const shown = (record: Partial<Recorded>, came = true) =>
  steps({ people: 12, code_on: later, first_code: later, first_person: later, arrived: later, came: count("later"), left: later, ...record }, came, "2026-11-25", "Europe/London").map((one) => [one.text, one.state]);

test("a booking goes from booked by way of code, arrival and count to left", () => {
  const at = (minute: string) => when("known", `2026-11-25T10:${minute}Z`);
  assert.deepEqual(shown({ code_on: at("00"), arrived: at("05"), came: count("known", 12, 1), left: at("50") }), [
    ["for 12 people", "done"],
    ["10:00", "done"],
    ["10:05", "done"],
    ["12 ± 1", "done"],
    ["10:50", "done"],
  ]);
  assert.deepEqual(shown({ people: null }).map(([text]) => text), ["yes", ...Array(4).fill("still to come")]);
});

test("what is not measured is not nobody, and what may be of others is not taken for known", () => {
  assert.deepEqual(shown({ arrived: when("not_measured"), came: count("not_measured"), left: when("none") }).slice(2), [
    ["not measured", "unknown"],
    ["not measured", "unknown"],
    ["nobody came", "open"],
  ]);
  assert.deepEqual(shown({ arrived: when("shared", "2026-11-25T10:05Z"), came: count("at_most", 3) }).slice(2, 4), [
    ["10:05, perhaps others", "unknown"],
    ["at most 3", "done"],
  ]);
});

test("a code that was typed is not somebody who came", () => {
  const code = when("known", "2026-11-25T10:05Z");
  const record = { first_code: code, arrived: code };
  assert.deepEqual(shown(record, false)[2], ["code used 10:05", "unknown"]);
  assert.deepEqual(shown(record, true)[2], ["10:05", "done"]);
  assert.deepEqual(shown({ ...record, first_person: code }, false)[2], ["10:05", "done"]);
});

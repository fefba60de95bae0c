/** A booking from booked to left, as its record of attendance has it. Pure. */
import { plural } from "../language.ts";
import { type Attended, type Count, countText, type When, whenText } from "../use/attendance.ts";
import type { Day } from "../zone.ts";

export type Recorded = Pick<Attended, "people" | "code_on" | "first_code" | "first_person" | "arrived" | "came" | "left">;
export interface Step {
  name: string;
  text: string;
  /** How it is known, or why it is not. */
  why: string;
  /** `open`: it is still to come, or did not happen. */
  state: "done" | "open" | "unknown";
}

const NAMES = /* words */ ["Booked", "Code on door", "Arrived", "Counted", "Left"] as const;

function stateOf({ how }: When | Count, value: string | number | null): Step["state"] {
  if (how === "later" || how === "none") return "open";
  return value === null || how === "shared" ? "unknown" : "done";
}

/** `came`: whether the diary has noted that somebody came, which a code alone is not. */
export function steps(one: Recorded, came: boolean, day: Day, zone: string): Step[] {
  const when = (name: string, at: When, none: string): Step => ({ name, text: whenText(at, day, zone, none), why: at.text, state: stateOf(at, at.at) });
  const people = one.people;
  return [
    { name: NAMES[0], text: people === null ? "yes" : plural(people, `for ${people} person`, `for ${people} people`), why: "", state: "done" },
    when(NAMES[1], one.code_on, /* words */ "no code"),
    !came && one.first_code.at && !one.first_person.at
      ? { name: NAMES[2], text: `code used ${whenText(one.first_code, day, zone, "")}`, why: one.first_code.text, state: "unknown" }
      : when(NAMES[2], one.arrived, /* words */ "nobody"),
    { name: NAMES[3], text: countText(one.came), why: one.came.text, state: stateOf(one.came, one.came.number) },
    when(NAMES[4], one.left, /* words */ "nobody came"),
  ];
}

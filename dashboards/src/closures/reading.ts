/** Reads the form of a closure. Pure. */
import { localDateTime, parseClock, parseDay } from "../dateTimeInput.ts";
import { type Day, dayPlus, longDay } from "../zone.ts";
import type { ClosureValues } from "./closure.ts";

/** The API's body of a closure. */
export interface RequestedClosure {
  reason: string;
  public_words: string;
  spaces: string[];
  door: string | null;
  replaces: string | null;
  first?: Day;
  last?: Day;
  starts?: string;
  ends?: string;
}

/** A door plans so far ahead. */
const DOOR_DAYS = 35;

export type Faults = Partial<Record<"from" | "to" | "fromTime" | "toTime" | "reason", string>>;

export interface Reading {
  from: Day | null;
  to: Day | null;
  faults: Faults;
  /** Of a door: until when it can be closed; empty for anything else. */
  limit: string;
  /** Whether it ends after that. */
  tooFar: boolean;
  /** Null while something is missing; the reason may be. */
  wish: RequestedClosure | null;
}

/** Reads the fields. An empty last day is the first one. */
export function readValues(values: ClosureValues, today: Day): Reading {
  const faults: Faults = {};
  const from = parseDay(values.from, today, "next");
  const to = values.to.trim() ? parseDay(values.to, from ?? today, "next") : from;
  if (!from) faults.from = values.from.trim() ? "Write the day as 26/11/2026." : "Say on which day it begins.";
  if (from && !to) faults.to = "Write the day as 26/11/2026, or leave it empty for one day.";
  else if (from && to && to < from) faults.to = "It ends before it begins. Choose a later day.";
  else if (!values.hours && to && to < today) faults.from = "That day is over. Choose one that is to come.";
  const [begins, ends] = [parseClock(values.fromTime), parseClock(values.toTime)];
  if (values.hours) {
    if (begins === null) faults.fromTime = "Write a time as 18:00.";
    if (ends === null) faults.toTime = "Write a time as 18:00.";
    else if (begins !== null && from === to && ends <= begins) faults.toTime = "It ends before it begins. Choose a later time or day.";
  }
  const [kind, id] = values.what.split(":");
  const latest = dayPlus(today, values.hours ? DOOR_DAYS : DOOR_DAYS - 1);
  const limit = kind === "door" ? `A door can be closed until ${longDay(latest)} at most.` : "";
  const tooFar = limit !== "" && to !== null && to > latest;
  if (tooFar) faults.to ??= limit;
  const complete = from && to && !Object.keys(faults).length;
  if (!values.reason.trim()) faults.reason = "Say why, in a few words.";
  if (!complete) return { from, to, faults, limit, tooFar, wish: null };
  const about = {
    reason: values.reason.trim(),
    public_words: kind === "door" ? "" : values.words.trim(),
    spaces: kind === "space" ? [id!] : [],
    door: kind === "door" ? id! : null,
    replaces: values.replaces || null,
  };
  const times = values.hours ? { starts: localDateTime(from, begins!), ends: localDateTime(to, ends!) } : { first: from, last: to };
  return { from, to, faults, limit, tooFar, wish: { ...about, ...times } };
}

/** What somebody looks for, and what is asked of the server. Pure. */
import { localDateTime, parseClock, parseDay } from "../dateTimeInput.ts";
import { plural } from "../language.ts";
import type { Proposal, Reason } from "../model.ts";
import type { Assignment } from "../session.svelte.ts";
import { clockOf, type Day, dayAndMonth, dayPlus, fieldDay, longDay, longWeekday, shortDay } from "../zone.ts";

/** The questions, each a `view` of the page; after them come "spaces", "book" and "done". */
export type Step = "" | "people" | "needs" | "where" | "spaces" | "book" | "done";

export type Where = "any" | "here" | "near" | "site";

/** All that is typed and chosen, as it is kept over a reload. */
export interface Answers {
  day: string;
  from: string;
  to: string;
  weekly: boolean;
  until: string;
  termOnly: boolean;
  skipHolidays: boolean;
  people: string;
  under16s: boolean;
  party: string | null;
  stepFree: boolean;
  amenities: readonly string[];
  equipment: Readonly<Record<string, string>>;
  where: Where;
  near: string;
  site: string;
  miles: string;
  spot: { latitude: number; longitude: number } | null;
  chosen: Chosen | null;
  title: string;
  contactName: string;
  contactPhone: string;
  made: Made | null;
  sent: Sent | null;
}

/** A request to book without an answer so far. Sent once more with its key it is not done twice. */
export interface Sent {
  path: string;
  body: string;
  key: string;
}

/** A space to book, or to wait for. */
export interface Chosen {
  site: string;
  site_name: string;
  space: string;
  name: string;
  layout: string | null;
  /** Of a series: its first date. */
  starts: string;
  ends: string;
  series: boolean;
  wait: boolean;
}

/** What was made in the end; `what` says it in words where it is not one booking, `waiting` how many of its dates wait for a decision. */
export interface Made {
  kind: "booking" | "series" | "wait";
  id: string;
  site: string;
  what: string;
  confirmed: number;
  waiting: number;
}

export const NOTHING: Answers = {
  day: "",
  from: "",
  to: "",
  weekly: false,
  until: "",
  termOnly: false,
  skipHolidays: false,
  people: "",
  under16s: false,
  party: null,
  stepFree: false,
  amenities: [],
  equipment: {},
  where: "any",
  near: "",
  site: "",
  miles: "",
  spot: null,
  chosen: null,
  title: "",
  contactName: "",
  contactPhone: "",
  made: null,
  sent: null,
};

/** The answers that a chosen space hangs on. */
const BOUND: readonly (keyof Answers)[] = ["day", "from", "to", "weekly", "until", "termOnly", "skipHolidays", "people", "under16s", "party", "stepFree", "amenities", "equipment"];

/** The answers after a change. A space that was chosen for other answers is no longer chosen, and what was sent for another is not sent again. */
export function changed(one: Answers, change: Partial<Answers>): Answers {
  const other = BOUND.some((name) => name in change && JSON.stringify(change[name]) !== JSON.stringify(one[name]));
  const next = { ...one, ...(other ? { chosen: null } : {}), ...change };
  return next.chosen === one.chosen || "sent" in change ? next : { ...next, sent: null };
}

/** A space that fits: of one time, or of a series with how many of its dates it takes. */
export interface FoundSpace extends Proposal {
  miles: number | null;
  layout_name: string | null;
  holds: number | null;
  step_free: boolean;
  approval: string | number;
  dates?: number;
  taken?: number;
  missing?: { date: Day; reasons: Reason[] }[];
}

export interface Found {
  items: FoundSpace[];
  why: string;
  /** Of a term: the dates that it leaves out, and the buildings without terms. */
  out?: { date: Day; text: string }[];
  termless?: { text: string }[];
}

export type Faults = Record<string, string>;

/** The number that is typed: null for nothing, NaN for what is none. */
export function whole(text: string): number | null {
  if (!text.trim()) return null;
  const n = Number(text);
  return Number.isInteger(n) && n > 0 ? n : Number.NaN;
}

export interface Times {
  day: Day;
  starts: string;
  ends: string;
  /** The last day of a series; "" for a single time. */
  until: Day | "";
}

/** The typed time; null while it cannot be read. An end before the start is on the next day. */
export function timesOf(one: Answers, today: Day): Times | null {
  if (Object.keys(whenFaults(one, today)).length) return null;
  const day = readDay(one.day, today)!;
  const [from, to] = [parseClock(one.from)!, parseClock(one.to)!];
  const last = to < from ? to + 1440 : to;
  const until = one.weekly ? readDay(one.until, day)! : "";
  return { day, starts: localDateTime(day, from), ends: localDateTime(day, last), until };
}

/** Reads a day to come as `parseDay` does, and also 031226 and 03122026, which a phone's keys for numbers can type. */
export function readDay(text: string, from: Day): Day | null {
  return parseDay(text.trim().replace(/^(\d\d)(\d\d)(\d\d|\d{4})$/, "$1/$2/$3"), from, "next");
}

/** `now`: the minutes since midnight, to refuse a start that is over. */
export function whenFaults(one: Answers, today: Day, now = 0): Faults {
  const found: Faults = {};
  const day = readDay(one.day, today);
  const [from, to] = [parseClock(one.from), parseClock(one.to)];
  if (!day) found.day = `Write the day like ${fieldDay(dayPlus(today, 7))}.`;
  else if (day < today) found.day = `${longDay(day)} is over. Write a day to come.`;
  if (from === null) found.from = "Write the start like 18:00.";
  else if (from === 1440) found.from = "Write a start at midnight as 00:00, on the day that begins then.";
  else if (day === today && from < now) found.from = `${clockOf(from)} is over today. Write a later start, or another day.`;
  if (to === null) found.to = "Write the end like 20:00.";
  else if (to === from) found.to = "It would end as it starts. Write a later end.";
  if (!one.weekly) return found;
  const until = day && readDay(one.until, day);
  if (!until) found.until = `Write the last date like ${fieldDay(dayPlus(day ?? today, 63))}.`;
  else if (until < day) found.until = "The last date is before the first.";
  return found;
}

export function peopleFaults(one: Answers): Faults {
  const people = whole(one.people);
  return people === null || Number.isNaN(people) ? { people: "Write how many come, such as 25." } : {};
}

export function needsFaults(one: Answers): Faults {
  const wrong = Object.entries(one.equipment).filter(([, text]) => Number.isNaN(whole(text)));
  return Object.fromEntries(wrong.map(([id]) => [`equipment-${id}`, "Write how many as a whole number, or nothing."]));
}

export function whereFaults(one: Answers): Faults {
  if (one.where === "here" && !one.spot) return { here: "Your place is not known yet. Press “Find my place”, or choose another answer." };
  return {};
}

/** The first question that is not answered; "spaces" once all are. */
export function firstOpen(one: Answers, today: Day): Step {
  const open = (faults: Faults) => Object.keys(faults).length > 0;
  if (open(whenFaults(one, today))) return "";
  if (open(peopleFaults(one))) return "people";
  if (open(needsFaults(one))) return "needs";
  return open(whereFaults(one)) ? "where" : "spaces";
}

export function equipmentOf(one: Answers): Record<string, number> {
  return Object.fromEntries(Object.entries(one.equipment).flatMap(([id, text]) => (whole(text) ? [[id, whole(text)!]] : [])));
}

export function placeOf(one: Answers): object {
  const within = Number(one.miles) ? { within_miles: Number(one.miles) } : {};
  if (one.where === "here" && one.spot) return { ...one.spot, ...within };
  if (one.where === "near" && one.near) return { near: one.near, ...within };
  return {};
}

function needsOf(one: Answers): object {
  return {
    people: whole(one.people) || null,
    step_free: one.stepFree,
    amenities: one.amenities,
    equipment: Object.values(needsFaults(one)).length ? {} : equipmentOf(one),
  };
}

/** The rule of every week up to a day. */
export function ruleOf({ until }: Times): string {
  return `FREQ=WEEKLY;UNTIL=${until.replaceAll("-", "")}`;
}

export function patternOf(one: Answers, times: Times): object {
  return { first_starts: times.starts, first_ends: times.ends, rule: ruleOf(times), term_only: one.termOnly, skip_holidays: one.skipHolidays };
}

/** The search as the server takes it, at `/find` or `/find/series`; what is not answered yet is left open. */
export function searchOf(one: Answers, times: Times, more: object = {}): object {
  const when = one.weekly ? patternOf(one, times) : { starts: times.starts, ends: times.ends };
  const sites = one.where === "site" && one.site ? { sites: [one.site] } : {};
  return { ...needsOf(one), ...placeOf(one), ...sites, party: one.party, under_16s: one.under16s, limit: 50, ...when, ...more };
}

/** "Thu 3 Dec, 18:00 to 20:00", "Every Thursday, 3 Dec to 4 Feb, 18:00 to 20:00" */
export function whenWords({ day, starts, ends, until }: Times): string {
  const next = ends.slice(0, 10) === day ? "" : `${shortDay(ends.slice(0, 10))} `;
  const hours = `${starts.slice(11)} to ${next}${ends.slice(11)}`;
  if (!until) return `${shortDay(day)}, ${hours}`;
  return `Every ${longWeekday(day)}, ${dayAndMonth(day)} to ${dayAndMonth(until)}, ${hours}`;
}

/** When the chosen space is had, which may be another time than the one asked for, or one date of a term. */
export function chosenWords(one: Answers, { starts, ends, series }: Chosen, times: Times): string {
  if (series) return whenWords(times);
  const words = whenWords({ day: starts.slice(0, 10), starts: starts.slice(0, 16), ends: ends.slice(0, 16), until: "" });
  return one.weekly ? `${words}, this date only` : words;
}

/** A series that was made. Its first booking is a confirmed one if there is any, since that one has a code. */
export function madeSeries(site: string, when: string, bookings: readonly { id: string; status: string }[], skipped: number): Made {
  const confirmed = bookings.filter(({ status }) => status !== "held" && status !== "requested");
  const waiting = bookings.length - confirmed.length;
  const counts = [
    confirmed.length ? `${dates(confirmed.length)} booked` : "",
    waiting ? `${dates(waiting)} asked for` : "",
    skipped ? `${dates(skipped)} left out` : "",
  ];
  const what = `${when}: ${counts.filter(Boolean).join(", ")}`;
  return { kind: "series", id: (confirmed[0] ?? bookings[0]!).id, site, what, confirmed: confirmed.length, waiting };
}

const dates = (n: number) => plural(n, `${n} date`, `${n} dates`);

/** "Step-free, kitchen, 30 folding chairs"; "Nothing special needed". */
export function needsWords(one: Answers, nameOf: (equipment: string) => string): string {
  const things = Object.entries(equipmentOf(one)).map(([id, count]) => `${count} ${nameOf(id)}`);
  const all = [...(one.stepFree ? ["step-free"] : []), ...one.amenities.map((id) => id.replaceAll("-", " ")), ...things];
  return sentence(all.join(", ")) || "Nothing special needed";
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The parties that somebody books for, with their names. `null`: without a party, as people who run a building may. */
export function partiesOf(held: readonly Assignment[]): { id: string | null; name: string }[] {
  const own = new Map<string | null, string>();
  for (const one of held) {
    if (one.party && one.role !== "group_member") own.set(one.party, one.party_name ?? one.party);
  }
  if (held.some(({ role }) => role === "owner" || role === "manager")) own.set(null, "No group");
  return [...own].map(([id, name]) => ({ id, name }));
}

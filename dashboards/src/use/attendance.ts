/** Who came to each booking: periods, filters, and figures as words. Pure. */
import type { Status } from "../model.ts";
import { clock, type Day, dayOf, dayPlus, longDay, mondayOf, monthName, shortDay } from "../zone.ts";
import type { Period } from "./use.ts"; // no more of it: the page Use has it in its own file

export type How = "known" | "at_least" | "at_most" | "shared" | "none" | "not_measured" | "later";
export interface When {
  how: How;
  at: string | null;
  text: string;
}
export interface Count {
  how: How;
  /** Null where it is not measured or still to come, which is never 0. */
  number: number | null;
  error: number;
  text: string;
}
export interface Verdict {
  finding: "yes" | "no" | "not_measured" | "later";
  text: string;
}
export interface Attended {
  booking: string;
  space: string;
  space_name: string;
  title: string;
  party: string | null;
  party_name: string | null;
  starts: string;
  ends: string;
  status: Status;
  people: number | null;
  capacity: number | null;
  code_on: When;
  first_code: When;
  first_person: When;
  arrived: When;
  codes_used: Count;
  came: Count;
  let_ins: Count;
  peak: Count;
  left: When;
  overstay: Count;
  no_show: Verdict;
  over_capacity: Verdict;
  shared: string[];
}
export interface WireAttendance {
  until: string;
  items: Attended[];
  /** How many bookings the reader may not see. */
  hidden: number;
  unbooked: { space: string; space_name: string; starts: string; ends: string; people: number | null; own_key: boolean; text: string }[];
  /** `coverage`: 0 to 1; rooms without a sensor or counter are not listed. */
  rooms: { space: string; space_name: string; coverage: number }[];
  unbooked_shown: boolean;
}

/** As in the address; the first is left out there. */
export const SPANS = ["", "week", "month"] as const;
export type SpanKind = (typeof SPANS)[number];

/** The day, the week from Monday, or the month that `day` is in; none that begins later than today. */
export function spanOf(kind: SpanKind, day: Day, today: Day): Period {
  const at = day > today ? today : day;
  const firstOf = (other: Day) => `${other.slice(0, 7)}-01`;
  const from = kind === "month" ? firstOf(at) : kind === "week" ? mondayOf(at) : at;
  const to = kind === "month" ? firstOf(dayPlus(from, 31)) : dayPlus(from, kind === "week" ? 7 : 1);
  const back = kind === "month" ? firstOf(dayPlus(from, -1)) : dayPlus(from, kind === "week" ? -7 : -1);
  const name = kind === "month" ? monthName(from) : kind === "week" ? `Week of ${longDay(from)}` : longDay(from);
  return { name, from, to, back, on: to <= today ? to : "" };
}

export const SHOWN = /* words */ {
  "": "All bookings",
  missed: "Nobody came",
  over: "Stayed over their end",
  full: "Over capacity",
  let: "Let people in",
  unknown: "Not known who came",
};
export type Shown = keyof typeof SHOWN;

/** Whether it is known that somebody came. A time that may be of others is not. */
export const hasArrived = ({ arrived }: Attended): boolean => arrived.at !== null && arrived.how !== "shared";
const unknownArrival = ({ arrived }: Attended): boolean => arrived.how === "not_measured" || arrived.how === "shared";

const FILTERS: Record<Shown, (one: Attended) => boolean> = {
  "": () => true,
  missed: (one) => one.no_show.finding === "yes",
  over: (one) => (one.overstay.number ?? 0) > 0,
  full: (one) => one.over_capacity.finding === "yes",
  let: (one) => (one.let_ins.number ?? 0) > 0,
  unknown: unknownArrival,
};

/** Those of a room and of a group's id, where these are given, that are to be shown. */
export function chosen(items: readonly Attended[], room: string, group: string, shown: Shown): Attended[] {
  return items.filter((one) => (!room || one.space === room) && (!group || one.party === group) && FILTERS[shown](one));
}

export function totals(items: readonly Attended[]) {
  const count = (test: (one: Attended) => boolean) => items.filter(test).length;
  return {
    arrived: count(hasArrived),
    missed: count(FILTERS.missed),
    unknown: count(unknownArrival),
    later: count(({ arrived }) => arrived.how === "later"),
    over: count(FILTERS.over),
    full: count(FILTERS.full),
  };
}

const BLANK: Record<string, string> = /* words */ { none: "none", not_measured: "not measured", later: "still to come", at_least: "not measured", at_most: "not measured", shared: "not measured", known: "not measured" };

/** "17:52", "17:52 or later"; with its day where that is not `day`. `none`: the word for what surely never was. */
export function whenText({ how, at }: When, day: Day, zone: string, none: string): string {
  if (at === null) return how === "none" ? none : BLANK[how]!;
  const moment = Date.parse(at);
  const own = dayOf(moment, zone);
  const time = own === day ? clock(moment, zone) : `${shortDay(own)} ${clock(moment, zone)}`;
  if (how === "at_least") return `${time} or later`;
  if (how === "at_most") return `${time} or earlier`;
  return how === "shared" ? `${time}, perhaps others` : time;
}

/** "12 ± 1", "at least 12". */
export function countText({ how, number, error }: Count): string {
  if (number === null) return BLANK[how]!;
  const text = error ? `${number} ± ${error}` : `${number}`;
  return how === "at_least" ? `at least ${text}` : how === "at_most" ? `at most ${text}` : text;
}

const FINDINGS: Record<Verdict["finding"], string> = /* words */ { yes: "yes", no: "no", not_measured: "not known", later: "still to come" };
export const findingText = ({ finding }: Verdict): string => FINDINGS[finding];

const NAMES = /* words */ { code_on: "code on the door", first_code: "first code", first_person: "first person", arrived: "arrived", codes_used: "codes used", came: "came", let_ins: "let in", peak: "most at once", left: "left", overstay: "stayed over", no_show: "no-show", over_capacity: "over capacity" };
export type Figure = keyof typeof NAMES;
export const FIGURES = Object.keys(NAMES) as Figure[];
const DOUBTFUL: readonly string[] = ["at_least", "at_most", "shared", "not_measured"];

/** What is not known, a sentence for each reason, with the figures that it is about: "There is no counter at Front door (came, let in)." */
export function unknowns(one: Attended): string[] {
  const reasons = new Map<string, string[]>();
  for (const name of FIGURES) {
    const figure = one[name];
    if (!figure.text || !DOUBTFUL.includes("how" in figure ? figure.how : figure.finding)) continue;
    for (const reason of figure.text.split("; ")) reasons.set(reason, [...(reasons.get(reason) ?? []), NAMES[name]]);
  }
  return [...reasons].map(([reason, names]) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)} (${names.join(", ")}).`);
}

/** The use of a building: periods, shares, what the heat map shows. Pure. */
import { LANGUAGE } from "../language.ts";
import { type Day, dayPlus, fieldDay, monthName } from "../zone.ts";

export interface Minutes {
  bookable: number;
  booked: number;
  outside: number;
  used: number;
  no_show: number;
  not_measured: number;
}
export interface Counts {
  bookings: number;
  arrived: number;
  no_shows: number;
  unknown: number;
  late_cancellations: number;
}
export type Week = Record<"bookable" | "booked" | "outside" | "used" | "not_measured", number[]>;
export interface SpaceUse {
  space: string;
  name: string;
  places: number | null;
  parts: string[];
  minutes: Minutes;
  counts: Counts;
  week: Week;
}
/** `minutes`: how long the building was so; `measured`: in how many of them every counter worked. Null: not measured. */
export interface ModeVisits {
  minutes: number;
  measured: number;
  visits: number | null;
  per_hour: number | null;
}
export interface Visits {
  doors: string[];
  part_of_the_time: string[];
  both_ways: string[];
  open: ModeVisits;
  staffed: ModeVisits;
  extended: ModeVisits;
  closed: ModeVisits;
  open_days: number;
  measured_days: number;
  /** From `people` to `most` were inside for ten minutes. */
  peak: { people: number; estimate: number; most: number; at: string; ins: number; outs: number; ended: boolean } | null;
}
/** Staffed or extended time; `error`: half of a 90 % interval. Null: not measured. */
export interface OpenHours {
  minutes: number;
  measured: number;
  visits: number | null;
  per_hour: number | null;
  error: number | null;
  bookings: number;
  arrivals: number;
  unknown: number;
}
/** `hour`: of the week. */
export type WeekHour = Pick<OpenHours, "minutes" | "measured" | "visits" | "bookings"> & { arrivals: number | null; hour: number; mode: "staffed" | "extended" };
/** In a week before and after a change of hours; null where `why_not` says why. */
export interface WeekRate {
  what: "visits" | "bookings" | "arrivals";
  before: number | null;
  before_error: number | null;
  after: number | null;
  after_error: number | null;
  why_not: string;
}
export interface WireUse {
  late: { staffed: OpenHours; extended: OpenHours; week: WeekHour[]; change: { at: string; rates: WeekRate[] } | null; why_no_change: string };
  wifi: { zone: string; sessions: number | null; stayed: number | null; minutes: number; measured: number }[];
  until: string;
  hours_set: boolean;
  hours_known: boolean;
  minutes: Minutes;
  counts: Counts;
  week: Week;
  months: { month: string; minutes: Minutes }[];
  spaces: SpaceUse[];
  groups: { party: string | null; party_name: string | null; counts: Counts; booked: number; missed: number }[];
  groups_shown: boolean;
  unused: string[];
  closed: string[];
  /** Null where no door has a counter. */
  visits: Visits | null;
}
/** An earlier period of a building; `change` of visits an open hour, 0.1 for a tenth more. */
export interface Earlier {
  change: number | null;
  why_no_change: string;
}
export interface ComparedSite {
  site: string;
  site_name: string;
  period: Pick<WireUse, "minutes" | "counts" | "visits">;
  before: Earlier;
  year_before: Earlier;
}
export interface Term {
  name: string;
  first: Day;
  last: Day;
}

/** As in the address; the first is left out there. */
export const PERIODS = ["", "month", "term", "year"] as const;
export type PeriodKind = (typeof PERIODS)[number];

/** From `from` to before `to`. `back`, `on`: a day of the period before and of the one after; empty where there is none. */
export interface Period {
  name: string;
  from: Day;
  to: Day;
  back: Day;
  on: Day;
}

const FOUR_WEEKS = 28;
const monthAfter = (day: Day, months: number): Day => {
  const at = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}-01`;
};

/** The period that a day is in, or the term that began last before it; none later than today. Null: there is no term. */
export function periodOf(kind: PeriodKind, day: Day, today: Day, terms: readonly Term[]): Period | null {
  const at = day > today ? today : day;
  const later = (next: Day) => (next <= today ? next : "");
  if (kind === "") {
    const to = dayPlus(at, 1);
    const ahead = dayPlus(at, FOUR_WEEKS);
    const on = at === today ? "" : ahead < today ? ahead : today;
    return { name: `Four weeks to ${fieldDay(at)}`, from: dayPlus(to, -FOUR_WEEKS), to, back: dayPlus(at, -FOUR_WEEKS), on };
  }
  if (kind === "term") {
    const sorted = terms.filter(({ first }) => first <= today).sort((a, b) => (a.first < b.first ? -1 : 1));
    const n = sorted.findLastIndex(({ first }) => first <= at);
    const term = sorted[n];
    if (!term) return null;
    return { name: term.name, from: term.first, to: dayPlus(term.last, 1), back: sorted[n - 1]?.first ?? "", on: sorted[n + 1]?.first ?? "" };
  }
  const months = kind === "month" ? 1 : 12;
  const from = kind === "month" ? `${at.slice(0, 7)}-01` : `${at.slice(0, 4)}-01-01`;
  const to = monthAfter(from, months);
  return { name: kind === "month" ? monthName(from) : from.slice(0, 4), from, to, back: monthAfter(from, -months), on: later(to) };
}

/** The same period a year before: a month and a year by the calendar, else 52 weeks, so that weekdays stay weekdays. */
export function yearBefore(kind: PeriodKind, { from, to }: Period): { from: Day; to: Day } {
  if (kind === "month" || kind === "year") return { from: monthAfter(from, -12), to: monthAfter(to, -12) };
  return { from: dayPlus(from, -364), to: dayPlus(to, -364) };
}

/** 0 to 1; null where there is nothing to have a share of. */
export const share = (part: number, whole: number): number | null => (whole > 0 ? Math.min(1, part / whole) : null);
export const bookedShare = (one: Minutes): number | null => share(one.booked - one.outside, one.bookable);
/** Of the booked time of which something is known. */
export const usedShare = (one: Minutes): number | null => share(one.used, one.booked - one.not_measured);
/** How much of the booked time something is known of. */
export const coverage = (one: Minutes): number | null => share(one.booked - one.not_measured, one.booked);

export const percentText = (part: number | null): string => (part === null ? "–" : `${Math.round(part * 100)} %`);
export const numberText = (value: number, digits = 0): string => value.toLocaleString(LANGUAGE, { maximumFractionDigits: digits, minimumFractionDigits: digits });
export const perHourText = (one: ModeVisits | undefined): string => (one?.per_hour == null ? "–" : numberText(one.per_hour, 1));
export const hoursText = (minutes: number): string => {
  const hours = minutes / 60;
  return `${(hours < 10 ? Math.round(hours * 10) / 10 : Math.round(hours)).toLocaleString(LANGUAGE)} h`;
};

/** A cell of the heat map. `level`: 0 to 4; -1: closed. */
export interface Cell {
  text: string;
  level: number;
}

/** How dark a share is. */
const levelOf = (part: number): number => (part === 0 ? 0 : part < 0.25 ? 1 : part < 0.5 ? 2 : part < 0.75 ? 3 : 4);

/** A row for each hour from the first to the last that was bookable or booked, with a cell for each weekday from Monday. */
export function heat(week: Week, what: "booked" | "used"): { hour: number; cells: Cell[] }[] {
  const taken = (at: number) => week.bookable[at]! > 0 || week.booked[at]! > 0;
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => [0, 1, 2, 3, 4, 5, 6].some((day) => taken(day * 24 + hour)));
  const [first, last] = [hours[0] ?? 0, hours.at(-1) ?? -1];
  return Array.from({ length: last - first + 1 }, (_, n) => {
    const hour = first + n;
    return { hour, cells: Array.from({ length: 7 }, (_, day) => cell(week, day * 24 + hour, what)) };
  });
}

function cell(week: Week, at: number, what: "booked" | "used"): Cell {
  const [bookable, booked, outside, used, unknown] = (["bookable", "booked", "outside", "used", "not_measured"] as const).map((name) => week[name][at]!) as [number, number, number, number, number];
  if (what === "used") {
    if (!booked) return { text: bookable ? "" : "–", level: bookable ? 0 : -1 };
    const part = share(used, booked - unknown);
    return part === null ? { text: "?", level: 0 } : { text: `${Math.round(part * 100)}`, level: levelOf(part) };
  }
  const part = share(booked - outside, bookable);
  if (part === null) return booked ? { text: "+", level: 1 } : { text: "–", level: -1 };
  return { text: `${Math.round(part * 100)}`, level: levelOf(part) };
}

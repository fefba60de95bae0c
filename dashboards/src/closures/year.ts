/** The year of a building, day by day: hours, terms, bank holidays and closures. Pure. */
import { type Mode, MODE_WORDS } from "../model.ts";
import { type Day, dayOf, dayPlus, dayStart, type Instant, namer, pad2, shortDay, span } from "../zone.ts";
import type { WireClosure } from "./closure.ts";

export interface WireYear {
  modes: { starts: string; ends: string; mode: string; note: string | null }[];
  holidays: { date: Day; name: string }[];
  terms: { name: string; first: Day; last: Day; breaks: { first: Day; last: Day; name: string }[] }[];
  closures: WireClosure[];
  hours: {
    pattern: unknown[];
    seasons: { name: string; first: string; last: string }[];
    exceptions: { date: Day; note: string }[];
  };
}

export type Openness = "staffed" | "extended" | "closed";

export interface YearDay {
  day: Day;
  /** The most open that it is. */
  open: Openness;
  /** "10:00 to 14:00 staffed"; empty where it is closed all day. */
  hours: string[];
  holiday: string;
  /** The term that it is in, and the break of it. */
  term: string;
  pause: string;
  /** A school holiday: a break of a term, or between the first and the last term and in none. */
  away: boolean;
  /** Why its hours differ from the week's. */
  note: string;
  /** Closures of the whole building, and of rooms. */
  building: string[];
  rooms: string[];
}

const RANK: Record<string, number> = { closed: 0, extended: 1, staffed: 2 };

/** `roomNames`: the rooms of a closure. */
export function yearDays(year: number, found: WireYear, zone: string, roomNames: (one: WireClosure) => string): YearDay[] {
  const modes: Mode[] = found.modes.map(({ starts, ends, mode, note }) => ({ from: Date.parse(starts), to: Date.parse(ends), mode, note }));
  const holidays = new Map(found.holidays.map(({ date, name }) => [date, name]));
  const days: YearDay[] = [];
  let at = 0;
  for (let day = `${year}-01-01`; day < `${year + 1}-01-01`; day = dayPlus(day, 1)) {
    const [from, to] = [dayStart(day, zone), dayStart(dayPlus(day, 1), zone)];
    while (at < modes.length && modes[at]!.to <= from) at += 1;
    const here: Mode[] = [];
    for (let n = at; n < modes.length && modes[n]!.from < to; n += 1) here.push(modes[n]!);
    const most = here.reduce((best, { mode }) => (RANK[mode]! > RANK[best]! ? mode : best), "closed");
    const term = found.terms.find(({ first, last }) => first <= day && day <= last);
    const pause = term?.breaks.find(({ first, last }) => first <= day && day <= last);
    const shut = found.closures.filter((one) => Date.parse(one.starts) < to && Date.parse(one.ends) > from);
    days.push({
      day,
      open: most as Openness,
      hours: here.filter(({ mode }) => mode !== "closed").map((one) => hoursText(one, from, to, zone)),
      holiday: holidays.get(day) ?? "",
      term: term?.name ?? "",
      pause: pause ? pause.name || "Break" : "",
      away: Boolean(pause) || (!term && found.terms.some(({ last }) => last < day) && found.terms.some(({ first }) => first > day)),
      note: here.find(({ note }) => note)?.note ?? "",
      building: shut.filter(({ spaces }) => !spaces.length).map(({ reason }) => reason),
      rooms: shut.filter(({ spaces }) => spaces.length).map((one) => `${roomNames(one)} closed${one.reason && `: ${one.reason}`}`),
    });
  }
  return days;
}

function hoursText(one: Mode, from: Instant, to: Instant, zone: string): string {
  const words = (MODE_WORDS[one.mode] ?? one.mode).toLowerCase();
  const [starts, ends] = [Math.max(one.from, from), Math.min(one.to, to)];
  return starts === from && ends === to ? `All day ${words}` : `${span(starts, ends, zone)} ${words}`;
}

/** All that is said of a day, each as a sentence without its full stop. */
export function dayTexts(one: YearDay): string[] {
  return [
    one.hours.join(", ") || "Closed",
    ...(one.holiday ? [`Bank holiday: ${one.holiday}`] : []),
    ...one.building.map((reason) => `Building closed${reason && `: ${reason}`}`),
    ...one.rooms,
    ...(one.note && !one.building.includes(one.note) && one.note !== one.holiday ? [one.note] : []),
    ...(one.pause ? [`School holiday: ${one.pause} of the ${one.term}`] : one.term ? [one.term] : one.away ? ["School holiday"] : []),
  ];
}

/** Marks that stand beside the number of a day. */
export function marksOf(one: YearDay): string {
  return `${one.building.length ? "×" : ""}${one.rooms.length ? "r" : ""}${one.holiday ? "b" : ""}`;
}

export interface SpecialRow {
  from: Day;
  to: Day;
  what: string;
  detail: string;
}

/** All in the year that is not the ordinary week, by its first day. */
export function specialRows(year: number, found: WireYear, days: readonly YearDay[], zone: string, roomNames: (one: WireClosure) => string): SpecialRow[] {
  const [first, last] = [`${year}-01-01`, `${year}-12-31`];
  const of = new Map(days.map((one) => [one.day, one]));
  const hours = (day: Day) => of.get(day)?.hours.join(", ") || "Closed";
  const rows: SpecialRow[] = [
    ...found.terms.map((one) => ({ from: one.first, to: one.last, what: one.name, detail: "" })),
    ...found.terms.flatMap((one) => one.breaks.map((each) => ({ from: each.first, to: each.last, what: each.name || "Break", detail: one.name }))),
    ...found.hours.seasons.flatMap((one) => seasonDays(one, year).map(([from, to]) => ({ from, to, what: `Season: ${one.name}`, detail: "Hours of its own" }))),
    ...found.holidays.map(({ date, name }) => ({ from: date, to: date, what: `Bank holiday: ${name}`, detail: hours(date) })),
    ...found.hours.exceptions.map(({ date, note }) => ({ from: date, to: date, what: note || "Other hours", detail: hours(date) })),
    ...found.closures.map((one) => ({
      from: dayOf(Date.parse(one.starts), zone),
      to: dayOf(Date.parse(one.ends) - 1, zone),
      what: `Closed: ${one.spaces.length ? roomNames(one) : "whole building"}`,
      detail: [one.reason, one.first ? "" : span(Date.parse(one.starts), Date.parse(one.ends), zone)].filter(Boolean).join(", "),
    })),
  ];
  return rows.filter((one) => one.from <= last && one.to >= first).sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
}

/** The days of a season in a year; one that goes over the New Year has two parts, one of another year none. */
function seasonDays({ first, last }: { first: string; last: string }, year: number): [Day, Day][] {
  if (first.length > 5) return [[first, last]];
  if (first <= last) return [[`${year}-${first}`, `${year}-${last}`]];
  return [
    [`${year}-01-01`, `${year}-${last}`],
    [`${year}-${first}`, `${year}-12-31`],
  ];
}

/** "Thu 24 Dec to Sun 27 Dec"; days of another year have it. */
export function rowDays({ from, to }: SpecialRow, year: number): string {
  const put = (day: Day) => (day.startsWith(String(year)) ? shortDay(day) : `${shortDay(day)} ${day.slice(0, 4)}`);
  return from === to ? put(from) : `${put(from)} to ${put(to)}`;
}

const longMonth = namer({ month: "long" });

/** The months of the days of a year. `blank`: days of the week before the first. */
export function monthsOf(days: readonly YearDay[]): { name: string; blank: number; days: YearDay[] }[] {
  return Array.from({ length: 12 }, (_, n) => {
    const mine = days.filter(({ day }) => Number(day.slice(5, 7)) === n + 1);
    const blank = mine[0] ? (new Date(`${mine[0].day}T00:00:00Z`).getUTCDay() + 6) % 7 : 0;
    return { name: longMonth(`2026-${pad2(n + 1)}-01`), blank, days: mine };
  });
}

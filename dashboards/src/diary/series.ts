/** Series as the API sends them, the choices for their dates, and the rules that the form creates. Pure. */
import { plural } from "../language.ts";
import type { Conflict, Reason, WireBooking } from "../model.ts";
import { type Day, dayOf, longWeekday, shortDay, utcMidnight, weekday } from "../zone.ts";
import { WEEK_DAYS } from "./weekDays.ts";

export type DateStatus = "free" | "moved_by_clock" | "approval" | "clash" | "closed" | "refused" | "empty" | "left_out" | "past";
export type DateAction = "book" | "hold" | "skip" | "refuse" | "change" | "keep" | "cancel" | "nothing";

export interface Move {
  space: string;
  layout: string | null;
  starts: string;
  ends: string;
  text: string;
}

interface AnyDate {
  date: Day;
  occurrence: string;
  starts: string | null;
  ends: string | null;
  space: string;
  text: string;
  booking: string | null;
}

export interface SeriesDate extends AnyDate {
  status: DateStatus;
  effect: DateAction;
  reasons: Reason[];
  conflicts: Conflict[];
  moves: Move[];
  lingering: string[];
  notes: string[];
}

export interface SeriesCheck {
  rule_text: string;
  until: Day;
  /** Whether all dates would have one door code, by request or by the building's policy. */
  one_code: boolean;
  dates: SeriesDate[];
}

/** The result of an edit, or of checking one. */
export interface SeriesEdited extends Omit<SeriesCheck, "one_code"> {
  id: string;
  version: number;
}

export interface SeriesMade {
  id: string;
  bookings: WireBooking[];
  skipped: unknown[];
}

export interface StandingDate extends AnyDate {
  status: string | null;
  changed_here: string[];
}

export interface Series {
  id: string;
  space: string;
  title: string;
  first_starts: string;
  rule_text: string;
  term_only: boolean;
  skip_holidays: boolean;
  until: Day;
  imported: boolean;
  /** Whether its dates have one door code regardless of the building's policy. */
  one_code: boolean;
  /** The secret page with all dates; empty for users who may not see it. */
  link: string;
  version: number;
  dates: StandingDate[];
}

/** Which dates of a series are meant. */
export type Scope = "one" | "from_date" | "all";

/** What to do with a date: one of these words, or "move" with the index of the proposed move. */
export type Choice = "book" | "skip" | "hold" | "keep" | `move${number}`;
export type WireChoice = "book" | Fallback | { move: Omit<Move, "text"> };
/** What to do with dates that cannot be booked. */
export type Fallback = "skip" | "hold" | "keep";

/** Whether a date cannot be booked as requested. */
export function isRefused(one: SeriesDate): boolean {
  return one.status === "clash" || one.status === "closed" || one.status === "refused";
}

/** Whether the only reasons are set-up, clear-down or change-over, which a manager may overrule. */
export function onlyBuffers(reasons: readonly Reason[]): boolean {
  const against = reasons.filter(({ kind }) => kind !== "approval");
  return against.length > 0 && against.every(({ kind }) => kind === "buffer" || kind === "changeover");
}

/** The choice for a date by default; null if nothing can be done with it. */
export function defaultChoice(one: SeriesDate, fallback: Fallback): Choice | null {
  if (one.status === "past") return null;
  if (one.effect === "keep") return "keep";
  if (one.effect === "cancel" || one.status === "empty") return "skip";
  if (one.effect === "nothing") return one.status === "left_out" && !one.booking ? "skip" : null;
  if (!isRefused(one)) return "book";
  return fallback === "keep" && !one.booking ? "skip" : fallback;
}

/** A choice as the API takes it; null if it is the API's default. */
export function wireChoice(one: SeriesDate, choice: Choice | null): WireChoice | null {
  if (choice === null) return null;
  const asItIs = one.effect === "cancel" || one.status === "empty" || one.status === "left_out" ? "skip" : "book";
  if (choice === asItIs && !isRefused(one)) return null;
  if (!choice.startsWith("move")) return choice as WireChoice;
  const { starts, ends, space, layout } = one.moves[Number(choice.slice(4))]!;
  return { move: { starts, ends, space, layout } };
}

/** The choices of a request, by date. */
export function choicesOf(dates: readonly SeriesDate[], chosen: (one: SeriesDate) => Choice | null): Record<string, WireChoice> {
  const found: Record<string, WireChoice> = {};
  for (const one of dates) {
    const choice = wireChoice(one, chosen(one));
    if (choice !== null) found[one.occurrence] = choice;
  }
  return found;
}

/** The dates of a series that are charged, as a quote takes them, each with its occurrence. */
export function chargedDates(dates: readonly SeriesDate[], chosen: (one: SeriesDate) => Choice | null): { occurrence: string; date: object }[] {
  return dates.flatMap((one) => {
    const choice = chosen(one);
    if (choice?.startsWith("move")) {
      const { starts, ends, space, layout } = one.moves[Number(choice.slice(4))]!;
      return [{ occurrence: one.occurrence, date: { starts, ends, space, layout } }];
    }
    const { starts, ends } = one;
    return choice === "book" && starts && ends ? [{ occurrence: one.occurrence, date: { starts, ends } }] : [];
  });
}

/** "9 to be booked, 1 moved, 2 left out": a summary of the choices. */
export function choiceSummary(dates: readonly SeriesDate[], chosen: (one: SeriesDate) => Choice | null): string {
  const count = new Map<string, number>();
  for (const one of dates) {
    const choice = chosen(one) ?? (one.booking && "keep");
    if (!choice) continue;
    const what = choice.startsWith("move") ? "moved" : one.booking ? ON_BOOKED[choice]! : ON_NEW[choice]!;
    count.set(what, (count.get(what) ?? 0) + 1);
  }
  const said = ["changed", "to be booked", "moved", "asked for", "kept as they are", "cancelled", "left out"];
  return said.filter((what) => count.has(what)).map((what) => `${count.get(what)} ${what}`).join(", ");
}

const ON_NEW: Record<string, string> = { book: "to be booked", hold: "asked for", skip: "left out", keep: "left out" };
const ON_BOOKED: Record<string, string> = { book: "changed", hold: "asked for", skip: "cancelled", keep: "kept as they are" };

/** "9 changed, 1 booked": a summary of an edit. */
export function editSummary(dates: readonly SeriesDate[]): string {
  const words: Partial<Record<DateAction, string>> = { change: "changed", book: "booked", hold: "asked for", keep: "kept", cancel: "cancelled" };
  const told = Object.entries(words).flatMap(([effect, word]) => {
    const n = dates.filter((one) => one.effect === effect).length;
    return n ? [`${n} ${word}`] : [];
  });
  return told.join(", ") || "nothing to do";
}

const FIELDS: Record<string, string> = {
  starts: "time",
  ends: "time",
  space: "room",
  title: "what for",
  contact_name: "name",
  contact_phone: "phone",
  contact_email: "e-mail",
  party: "for whom",
  under_16s: "under-16s",
  setup_min: "setting up",
  cleardown_min: "clearing down",
};

/** "time, room": the fields changed in one date, as text. */
export function changedFieldsText(changed: readonly string[]): string {
  return [...new Set(changed.map((name) => FIELDS[name] ?? name.replaceAll("_", " ")))].join(", ");
}

const DAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;
const NTH = ["first", "second", "third", "fourth"];

/** The weekdays from Monday, with their codes in rules and their names. */
export const WEEK = WEEK_DAYS.map((day) => ({ id: weekdayCode(day), name: longWeekday(day), short: weekday(day) }));

/** How something repeats; "own": a typed rule; "": it does not repeat. */
export type RepeatKind = "" | "week" | "fortnight" | "day" | "weekdays" | "nth" | "date" | "own";

/** "TU" */
export function weekdayCode(day: Day): string {
  return DAYS[new Date(utcMidnight(day)).getUTCDay()]!;
}

/** The options for something that begins on a day. */
export function repeatOptions(day: Day): { value: RepeatKind; words: string }[] {
  const at = new Date(utcMidnight(day));
  const nth = weekOfMonth(day);
  return [
    { value: "week", words: "Every week" },
    { value: "fortnight", words: "Every other week" },
    { value: "nth", words: `Every month on the ${nth < 0 ? "last" : NTH[nth - 1]} ${longWeekday(day)}` },
    { value: "date", words: `Every month on the ${ordinal(at.getUTCDate())}` },
    { value: "day", words: "Every day" },
    { value: "weekdays", words: "Every weekday, Monday to Friday" },
  ];
}

/** The rule of a kind, without its end. `weekdays`: for weekly kinds. */
export function ruleOf(kind: Exclude<RepeatKind, "" | "own">, day: Day, weekdays: readonly string[]): string {
  const by = WEEK.filter(({ id }) => weekdays.includes(id)).map(({ id }) => id).join(",");
  switch (kind) {
    case "week":
      return `FREQ=WEEKLY;BYDAY=${by}`;
    case "fortnight":
      return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${by}`;
    case "day":
      return "FREQ=DAILY";
    case "weekdays":
      return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
    case "nth":
      return `FREQ=MONTHLY;BYDAY=${weekOfMonth(day)}${weekdayCode(day)}`;
    case "date":
      return `FREQ=MONTHLY;BYMONTHDAY=${Number(day.slice(8))}`;
  }
}

/** The number of a day among the same weekdays of its month; -1 for the last one. */
function weekOfMonth(day: Day): number {
  const at = new Date(utcMidnight(day));
  const last = new Date(utcMidnight(day) + 7 * 86_400_000).getUTCMonth() !== at.getUTCMonth();
  return last ? -1 : Math.ceil(at.getUTCDate() / 7);
}

function ordinal(n: number): string {
  return `${n}${n % 100 >= 10 && n % 100 <= 20 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/** "2026-11-26T19:00" shifted by the difference of two other wall times. */
export function shiftWallTime(wall: string, from: string, to: string): string {
  const at = (text: string) => Date.parse(`${text.slice(0, 16)}Z`);
  return new Date(at(wall) + at(to) - at(from)).toISOString().slice(0, 16);
}

/** The server's errors about a series, as text that names the form's fields. */
export function seriesErrorText(errors: readonly { field: string; message: string }[]): string {
  const names: Record<string, string> = { first_starts: "The start", first_ends: "The end", rule: "The rule", from_date: "The date" };
  return errors.map(({ field, message }) => `${names[field] ?? field} ${message}`).join("; ");
}

export interface SeriesRestored {
  bookings: WireBooking[];
  left: { starts: string; text: string }[];
}

/** The result of undoing a cancellation, as text. */
export function restoreSummary(title: string, back: SeriesRestored, zone: string): string {
  const n = back.bookings.length;
  const left = back.left.map(({ starts, text }) => `${shortDay(dayOf(Date.parse(starts), zone))} (${text})`);
  return `${plural(n, `${n} date of ${title} is back.`, `${n} dates of ${title} are back.`)}${left.length ? ` Not back: ${left.join("; ")}.` : ""}`;
}

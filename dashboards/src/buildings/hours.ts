/** Opening hours and school terms as sentences, with times as people type them. Pure. */
import { parseClock, parseDay } from "../dateTimeInput.ts";
import { WEEK_DAYS } from "../diary/weekDays.ts";
import { plural } from "../language.ts";
import { clockOf, type Day, dayAndMonth, fieldDay, longWeekday, shortDay, weekday } from "../zone.ts";
import { type Field, idOf, listText, type Option } from "./fields.ts";
import { type Body, type Part, partOf, type Sentence } from "./sentence.ts";

export interface Span {
  opens: string;
  closes: string;
  mode: string;
}
export interface WeekSpan extends Span {
  weekday: number;
}
interface Season {
  name: string;
  first: string;
  last: string;
  pattern: WeekSpan[];
}
interface OtherDay {
  date: Day;
  note: string;
  spans: Span[];
}
export interface Hours {
  version: number;
  pattern: WeekSpan[];
  seasons: Season[];
  exceptions: OtherDay[];
  bank_holidays: { nation: string; means: string; weekday: number | null; spans: Span[] };
  free_doors: string[];
  closing: { warn_minutes: number[]; secure_within_minutes: number };
}
interface Term {
  id: string;
  name: string;
  first: Day;
  last: Day;
  breaks: { first: Day; last: Day; name: string }[];
}
export interface Terms {
  version: number;
  terms: Term[];
}

export const WEEKDAYS = WEEK_DAYS.map(longWeekday);
const SHORT = WEEK_DAYS.map(weekday);
const key = (day: number) => `day${day}`;
const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const ALL_DAY = { opens: "00:00", closes: "24:00" };

/** “9-12, 2pm to 5pm, 17:00-22:00 members”, “all day”, “20:00-2:00”; nothing or “closed” is closed. */
export function readSpans(text: string): Span[] | Error {
  const plain = text.trim().toLowerCase();
  if (!plain || plain === "closed") return [];
  const spans: Span[] = [];
  for (const one of plain.split(/\s*[,;]\s*|\s+and\s+/).filter(Boolean)) {
    const [, times = "", who = ""] = /^(.*?)\s*(members?(?: only)?|staffed|staff)?$/.exec(one)!;
    const mode = who.startsWith("member") ? "extended" : "staffed";
    if (/^(all day|24 ?h(ours)?)$/.test(times)) {
      spans.push({ ...ALL_DAY, mode });
      continue;
    }
    const [from, to, ...more] = times.split(/\s*(?:-|–|\bto\b|\buntil\b)\s*/).map(parseClock);
    if (from == null || to == null || more.length || from === 1440) return new Error("Type times, such as 9:00-17:00 or 9-12, 14-17, or “all day”.");
    if (from === to) return new Error("It must not close when it opens. For the whole day type “all day”.");
    spans.push({ opens: clockOf(from), closes: to === 1440 ? "24:00" : clockOf(to), mode });
  }
  spans.sort((a, b) => a.opens.localeCompare(b.opens));
  const overlap = spans.find((one, at) => at && minutes(one.opens) < end(spans[at - 1]!));
  return overlap ? new Error(`Two of its times overlap at ${overlap.opens}.`) : spans;
}
const end = ({ opens, closes }: Span) => minutes(closes) + (minutes(closes) <= minutes(opens) ? 1440 : 0);

/** As it is typed. */
export const typedSpans = (spans: readonly Span[]) =>
  spans.map((one) => `${one.opens === ALL_DAY.opens && one.closes === ALL_DAY.closes ? "all day" : `${one.opens}-${one.closes}`}${one.mode === "extended" ? " members" : ""}`).join(", ");

/** As it is read: “20:00 to 02:00 the next day”. */
export function spansText(spans: readonly Span[]): string {
  const one = (span: Span) => {
    const night = minutes(span.closes) <= minutes(span.opens) ? " the next day" : "";
    const times = span.opens === ALL_DAY.opens && span.closes === ALL_DAY.closes ? "all day" : `${span.opens} to ${span.closes}${night}`;
    return `${times}${span.mode === "extended" ? " for members" : ""}`;
  };
  return spans.length ? listText(spans.map(one)) : "closed";
}

const dayFields = (hint: string): Field[] =>
  WEEKDAYS.map((name, day) => ({ name: key(day), text: name, read: readSpans, show: typedSpans, ...(day === 0 ? { hint } : {}) }));
export const WEEK_FIELDS: readonly Field[] = dayFields("Such as 9:00-17:00, or 9-12, 14-17, 18-22 members. Empty: closed. A night: 20:00-2:00. Or “all day”.");
export const weekThing = (pattern: readonly WeekSpan[]): Body => Object.fromEntries(WEEKDAYS.map((_, day) => [key(day), pattern.filter((one) => one.weekday === day)]));
export const readPattern = (body: Body): WeekSpan[] => WEEKDAYS.flatMap((_, day) => ((body[key(day)] ?? []) as Span[]).map(({ opens, closes, mode }) => ({ weekday: day, opens, closes, mode })));

/** “Mon to Fri 09:00 to 17:00; Sat and Sun closed” */
export function weekText(pattern: readonly WeekSpan[]): string {
  const texts = WEEKDAYS.map((_, day) => spansText(pattern.filter((one) => one.weekday === day)));
  const groups: { days: number[]; text: string }[] = [];
  texts.forEach((text, day) => {
    const last = groups.at(-1);
    if (last?.text === text) last.days.push(day);
    else groups.push({ days: [day], text });
  });
  const named = (days: number[]) => (days.length > 2 ? `${SHORT[days[0]!]} to ${SHORT[days.at(-1)!]}` : days.map((day) => SHORT[day]).join(" and "));
  return groups.map(({ days, text }) => `${days.length === 7 ? "Every day" : named(days)} ${text}`).join("; ");
}

/** Copies the times of Monday to the days that are named. */
export const copyMonday = (to: readonly number[]) => (values: Record<string, unknown>) => ({ ...values, ...Object.fromEntries(to.map((day) => [key(day), values[key(0)]])) }) as never;
export const WEEK_TOOLS = [
  { text: "Copy Monday to Friday", apply: copyMonday([1, 2, 3, 4]) },
  { text: "Copy Monday to all days", apply: copyMonday([1, 2, 3, 4, 5, 6]) },
];

/** A day of every year, “1 Jun”, or of one, “1/6/2027”. */
function readSeasonDay(text: string): string | Error {
  const yearly = parseDay(`${text} 2000`, "2000-01-01");
  if (yearly) return yearly.slice(5);
  return parseDay(text, "2026-01-01") ?? new Error("Type a day, such as 1 Jun for every year, or 1/6/2027.");
}
const seasonDay = (day: string) => (day.length > 5 ? fieldDay(day) : dayAndMonth(`2000-${day}`));
const dayField = (name: string, text: string, today: Day): Field => ({
  ...{ name, text, hint: "Such as 31/3/2027.", needed: "Give the day." },
  read: (typed) => parseDay(typed, today, "next") ?? new Error("Type a day, such as 31/3/2027."),
  show: fieldDay,
});
const dated = (day: Day) => `${shortDay(day)} ${day.slice(0, 4)}`;
const MEANS: Option[] = [
  { value: "nothing", words: "Days like any other" },
  { value: "closed", words: "Closed" },
  { value: "weekday", words: "Like a Sunday, or another day" },
  { value: "spans", words: "Hours of their own" },
];
const NATIONS: Option[] = [
  { value: "england-and-wales", words: "England and Wales" },
  { value: "scotland", words: "Scotland" },
  { value: "northern-ireland", words: "Northern Ireland" },
];

/** The sentences of opening hours, and those of new ones. */
export function hoursSentences(hours: Hours, doors: readonly Option[], today: Day): { items: Sentence[]; additions: Sentence[] } {
  const doorName = (id: string) => doors.find((one) => one.value === id)?.words ?? id;
  const sayWeek = (pattern: readonly WeekSpan[]) => `${weekText(pattern)}.`;
  const sayHolidays = ({ means, weekday: like, spans }: Hours["bank_holidays"]) =>
    ({ nothing: "Bank holidays are days like any other.", closed: "Closed on bank holidays.", weekday: `Bank holidays are like a ${WEEKDAYS[like ?? 6]}.`, spans: `On bank holidays ${spansText(spans)}.` })[means] ?? means;
  const ruleOf = (body: Body) => ({
    ...{ nation: body.nation, means: body.means },
    weekday: body.means === "weekday" ? Number(body.weekday) : null,
    spans: body.means === "spans" ? body.spans : [],
  });
  const { bank_holidays: rule, closing } = hours;
  const sayDoors = (ids: string[]) => (ids.length ? plural(ids.length, `${listText(ids.map(doorName))} is unlocked while staff are there.`, `${listText(ids.map(doorName))} are unlocked while staff are there.`) : "No door is unlocked for everybody.");
  const closingText = (warn: number[], secure: number) => `${warn.length ? `People are warned ${listText(warn.map(String))} minutes before it closes` : "Nobody is warned before it closes"}; ${plural(secure, `${secure} minute`, `${secure} minutes`)} after that it should be empty and locked.`;
  const season: Part<Season> = {
    kind: "season",
    added: "New season with a week of its own",
    fields: [
      { name: "name", text: "Name", needed: "Give it a name.", hint: "Such as “Summer holidays”." },
      { name: "first", text: "First day", needed: "Give the day.", hint: "1 Jun is every year; 1/6/2027 is once.", read: readSeasonDay, show: seasonDay },
      { name: "last", text: "Last day", needed: "Give the day.", read: readSeasonDay, show: seasonDay },
      ...WEEK_FIELDS,
    ],
    say: (one) => `${one.name}, ${seasonDay(one.first)} to ${seasonDay(one.last)}${one.first.length > 5 ? "" : " every year"}: ${weekText(one.pattern)}.`,
  };
  const otherDay: Part<OtherDay> = {
    kind: "date",
    added: "New date with other hours",
    fields: [dayField("date", "Day", today), { name: "spans", text: "Times", hint: "Such as 9-12. Empty: closed all day.", read: readSpans, show: typedSpans }, { name: "note", text: "Why", hint: "Such as “Christmas Eve”.", long: 200 }],
    say: (one) => `${dated(one.date)}${one.note ? `, ${one.note}` : ""}: ${spansText(one.spans)}.`,
  };
  const seasons = partOf("seasons", hours.seasons, season);
  const exceptions = partOf("exceptions", hours.exceptions, otherDay);
  const withWeek = (one: Sentence): Sentence => {
    const whole = (body: Body) => ({ name: body.name, first: body.first, last: body.last, pattern: readPattern(body) });
    const { pattern = [], ...thing } = (one.thing ?? {}) as Body;
    return { ...one, tools: WEEK_TOOLS, thing: { ...thing, ...weekThing(pattern as WeekSpan[]) }, say: (body) => one.say!(whole(body)), save: (body) => one.save!(whole(body)) };
  };
  return {
    items: [
      { key: "week", text: sayWeek(hours.pattern), say: (body) => sayWeek(readPattern(body)), fields: WEEK_FIELDS, thing: weekThing(hours.pattern), tools: WEEK_TOOLS, save: (body) => ({ pattern: readPattern(body) }) },
      ...seasons.all.map(withWeek),
      ...exceptions.all.filter((_, at) => hours.exceptions[at]!.date >= today),
      {
        key: "holidays",
        text: sayHolidays(rule),
        say: (body) => sayHolidays(ruleOf(body) as never),
        fields: [
          { name: "means", text: "Bank holidays are", kind: "choice", options: MEANS },
          { name: "weekday", text: "Like a", kind: "choice", options: WEEKDAYS.map((words, day) => ({ value: String(day), words })), when: ({ means }) => means === "weekday" },
          { name: "spans", text: "Times", needed: "Give the times.", read: readSpans, show: typedSpans, when: ({ means }) => means === "spans" },
          { name: "nation", text: "Of", kind: "choice", options: NATIONS },
        ],
        thing: { ...rule, weekday: rule.weekday ?? 6 },
        save: (body) => ({ bank_holidays: ruleOf(body) }),
      },
      { key: "doors", text: sayDoors(hours.free_doors), say: (body) => sayDoors(body.free_doors as string[]), fields: [{ name: "free_doors", text: "Unlocked while staff are there", kind: "many", options: doors }], thing: { free_doors: hours.free_doors }, save: (body) => body },
      {
        key: "closing",
        text: closingText(closing.warn_minutes, closing.secure_within_minutes),
        say: (body) => closingText(body.warn_minutes as number[], body.secure_within_minutes as number),
        fields: [
          { name: "warn_minutes", text: "Warnings, minutes before it closes", hint: "Such as 15, 5. Empty: none.", read: readMinutes, show: (all: number[]) => all.join(", ") },
          { name: "secure_within_minutes", text: "Minutes after it until it should be empty", kind: "number", least: 1, most: 1440, needed: "Give the minutes." },
        ],
        thing: { ...closing },
        save: (body) => ({ closing: body }),
      },
    ],
    additions: [withWeek(seasons.fresh), exceptions.fresh],
  };
}

function readMinutes(text: string): number[] | Error {
  const all = text.split(/[,;\s]+/).filter(Boolean).map(Number);
  return all.length <= 6 && all.every((one) => Number.isInteger(one) && one >= 1 && one <= 240) ? all.sort((a, b) => b - a) : new Error("Type at most six numbers from 1 to 240, such as 15, 5.");
}

/** “26/10/2026 to 30/10/2026 Half-term”, one a line. */
function readBreaks(text: string, today: Day): Term["breaks"] | Error {
  const breaks: Term["breaks"] = [];
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const found = /^(\S+(?: [a-z]+ \d{4})?)(?:\s+(?:to|-|–)\s+(\S+(?: [a-z]+ \d{4})?))?(?:\s+(.*))?$/i.exec(line);
    const [first, last] = [parseDay(found?.[1] ?? "", today), parseDay(found?.[2] ?? found?.[1] ?? "", today)];
    if (!first || !last) return new Error(`“${line.slice(0, 60)}” cannot be read. Type a line such as 26/10/2026 to 30/10/2026 Half-term.`);
    breaks.push({ first, last, name: found![3] ?? "" });
  }
  return breaks;
}

export function termSentences({ terms }: Terms, today: Day): { items: Sentence[]; additions: Sentence[] } {
  const days = (one: { first: Day; last: Day }) => (one.first === one.last ? dated(one.first) : `${dated(one.first)} to ${dated(one.last)}`);
  const { all, fresh } = partOf("terms", terms, {
    kind: "term",
    added: "New term",
    fields: [
      { name: "name", text: "Name", needed: "Give it a name.", hint: "Such as “Autumn term 2027”.", taken: [] },
      dayField("first", "First day", today),
      dayField("last", "Last day", today),
      {
        ...{ name: "breaks", text: "Without school", kind: "note", hint: "One a line: 25/10/2027 to 29/10/2027 Half-term." },
        read: (text) => readBreaks(text, today),
        show: (breaks: Term["breaks"]) => breaks.map((one) => `${fieldDay(one.first)} to ${fieldDay(one.last)} ${one.name}`.trim()).join("\n"),
      },
    ],
    say: (one) => `${one.name}: ${days(one)}${one.breaks.length ? `, without ${listText(one.breaks.map((each) => `${each.name ? `${each.name}, ` : ""}${days(each)}`))}` : ""}.`,
    blank: (body, list) => ({ id: idOf(String(body.name ?? ""), list.map((one) => one.id)), breaks: [] }),
  } satisfies Part<Term>);
  return { items: all, additions: [fresh] };
}

/** What other hours would change, as the controller says it. */
export interface HoursEffect {
  bookings: { booking: { title: string; starts: string; ends: string }; reasons: { text: string }[] }[];
  count: number;
  doors: { door: string }[];
}
export function hoursEffectTexts({ bookings, count, doors }: HoursEffect, door: (id: string) => string, when: (starts: string, ends: string) => string): string[] {
  const named = bookings.slice(0, 10).map(({ booking, reasons }) => `${booking.title}, ${when(booking.starts, booking.ends)}: ${reasons.map((one) => one.text).join("; ")}.`);
  return [
    count ? plural(count, `${count} booking would not fit any more:`, `${count} bookings would not fit any more${count > 10 ? "; the first ten" : ""}:`) : "Every booking still fits.",
    ...named,
    ...(doors.length ? [`${listText(doors.map((one) => door(one.door)))} would open and lock at other times.`] : []),
  ];
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFields, valuesOf } from "../src/buildings/fields.ts";
import { copyMonday, type Hours, hoursEffectTexts, hoursSentences, readPattern, readSpans, spansText, termSentences, typedSpans, WEEK_FIELDS, weekText, weekThing } from "../src/buildings/hours.ts";

const TODAY = "2026-11-25";
const span = (opens: string, closes: string, mode = "staffed") => ({ opens, closes, mode });

test("times of a day are read as people type them", () => {
  assert.deepEqual(readSpans("9-12, 2pm to 5pm; 18.00–22.00 members"), [span("09:00", "12:00"), span("14:00", "17:00"), span("18:00", "22:00", "extended")]);
  assert.deepEqual([readSpans(""), readSpans(" Closed ")], [[], []]);
  assert.deepEqual([readSpans("all day"), readSpans("24 hours members"), readSpans("0-24")], [[span("00:00", "24:00")], [span("00:00", "24:00", "extended")], [span("00:00", "24:00")]]);
  assert.deepEqual(readSpans("20:00-2:00"), [span("20:00", "02:00")]);
});

test("times that cannot be meant say why", () => {
  const fault = (text: string) => (readSpans(text) as Error).message;
  assert.match(fault("late"), /^Type times/);
  assert.match(fault("9-12-14"), /^Type times/);
  assert.match(fault("24:00-02:00"), /^Type times/);
  assert.match(fault("9-9"), /must not close when it opens/);
  assert.match(fault("9-12, 11-14"), /overlap at 11:00/);
  assert.match(fault("20-2, 23-24"), /overlap at 23:00/);
});

test("what is typed of a day comes back as it is stored", () => {
  for (const text of ["09:00-12:00, 14:00-17:00", "20:00-02:00 members", "all day", ""]) assert.equal(typedSpans(readSpans(text) as never), text);
  assert.equal(spansText(readSpans("9-12, 20-2 members") as never), "09:00 to 12:00 and 20:00 to 02:00 the next day for members");
});

test("a week is said by its groups of days, and Monday is copied", () => {
  const week = (texts: string[]) => readFields(WEEK_FIELDS, Object.fromEntries(texts.map((text, day) => [`day${day}`, text]))).body;
  const five = readPattern(week(["9-17", "9-17", "9-17", "9-17", "9-17", "", ""]));
  assert.equal(weekText(five), "Mon to Fri 09:00 to 17:00; Sat and Sun closed");
  assert.equal(weekText(readPattern(week(Array(7).fill("all day")))), "Every day all day");
  const copied = copyMonday([1, 2, 3, 4, 5, 6])(valuesOf(WEEK_FIELDS, weekThing(five.slice(0, 1)))) as never;
  assert.equal(readPattern(readFields(WEEK_FIELDS, copied).body).length, 7);
});

const HOURS: Hours = {
  ...{ version: 4, pattern: [{ weekday: 0, ...span("09:00", "17:00") }], free_doors: ["front"], closing: { warn_minutes: [15, 5], secure_within_minutes: 30 } },
  seasons: [{ name: "Summer", first: "06-01", last: "08-31", pattern: [{ weekday: 0, ...span("10:00", "16:00") }] }],
  exceptions: [{ date: "2026-11-01", note: "", spans: [] }, { date: "2026-12-24", note: "Christmas Eve", spans: [span("09:00", "12:00")] }],
  bank_holidays: { nation: "scotland", means: "weekday", weekday: 6, spans: [] },
};

test("all of the hours are sentences, and what is not touched is written as it was", () => {
  const { items } = hoursSentences(HOURS, [{ value: "front", words: "Front door" }], TODAY);
  assert.deepEqual(items.map((one) => one.text), [
    "Mon 09:00 to 17:00; Tue to Sun closed.",
    "Summer, 1 Jun to 31 Aug every year: Mon 10:00 to 16:00; Tue to Sun closed.",
    "Thu 24 Dec 2026, Christmas Eve: 09:00 to 12:00.",
    "Bank holidays are like a Sunday.",
    "Front door is unlocked while staff are there.",
    "People are warned 15 and 5 minutes before it closes; 30 minutes after that it should be empty and locked.",
  ]);
  const written = items.map((one) => one.save!(readFields(one.fields!, valuesOf(one.fields!, one.thing!)).body));
  for (const [name, value] of Object.entries(Object.assign({}, ...written))) assert.deepEqual(value, HOURS[name as keyof Hours], name);
});

test("a season of every year or of one is read, and a day that is none is refused", () => {
  const fresh = hoursSentences(HOURS, [], TODAY).additions[0]!;
  const read = (first: string, last: string) => readFields(fresh.fields!, { ...valuesOf(fresh.fields!, fresh.thing!), name: "Winter", first, last, day0: "10-12" });
  const { body } = read("29 Feb", "1/3");
  const seasons = fresh.save!(body).seasons as Hours["seasons"];
  assert.deepEqual(seasons.at(-1), { name: "Winter", first: "02-29", last: "03-01", pattern: [{ weekday: 0, ...span("10:00", "12:00") }] });
  assert.deepEqual([read("1/2/2027", "12 March 2027").body.first, read("1/2/2027", "12 March 2027").body.last], ["2027-02-01", "2027-03-12"]);
  assert.deepEqual(Object.keys(read("31 Feb", "soon").errors), ["first", "last"]);
});

test("terms have their breaks one a line", () => {
  const { items, additions } = termSentences({ version: 1, terms: [{ id: "autumn", name: "Autumn", first: "2027-09-02", last: "2027-12-17", breaks: [{ first: "2027-10-25", last: "2027-10-29", name: "Half-term" }] }] }, TODAY);
  assert.equal(items[0]!.text, "Autumn: Thu 2 Sep 2027 to Fri 17 Dec 2027, without Half-term, Mon 25 Oct 2027 to Fri 29 Oct 2027.");
  const fresh = additions[0]!;
  const read = (breaks: string) => readFields(fresh.fields!, { name: "Spring", first: "4/1/2028", last: "31/3/2028", breaks });
  const made = (fresh.save!(read("14/2/2028 to 18/2/2028 Half-term\n1/3/2028").body).terms as object[])[1];
  assert.deepEqual(made, { id: "spring", name: "Spring", first: "2028-01-04", last: "2028-03-31", breaks: [{ first: "2028-02-14", last: "2028-02-18", name: "Half-term" }, { first: "2028-03-01", last: "2028-03-01", name: "" }] });
  assert.match(read("half-term").errors.breaks!, /cannot be read/);
});

test("what other hours would change is said", () => {
  const booking = { title: "Choir", starts: "a", ends: "b" };
  assert.deepEqual(hoursEffectTexts({ bookings: [{ booking, reasons: [{ text: "it would be closed" }] }], count: 1, doors: [{ door: "front" }] }, () => "Front door", () => "Thu 3 Dec"), [
    "1 booking would not fit any more:",
    "Choir, Thu 3 Dec: it would be closed.",
    "Front door would open and lock at other times.",
  ]);
});

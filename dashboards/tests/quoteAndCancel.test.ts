import assert from "node:assert/strict";
import { test } from "node:test";
import { type BookingQuote, priceText, cancellationText } from "../src/diary/quote.ts";
import { dateCount, datesToCancel, dateList } from "../src/diary/seriesCancel.ts";
import type { StandingDate } from "../src/diary/series.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-12-24T19:30Z");

function date(day: string, more: Partial<StandingDate> = {}): StandingDate {
  return {
    date: day,
    occurrence: `${day}T19:00:00`,
    starts: `${day}T19:00:00+00:00`,
    ends: `${day}T20:00:00+00:00`,
    space: "hall",
    booking: day,
    status: "confirmed",
    changed_here: [],
    text: "",
    ...more,
  };
}
const SERIES = [
  date("2026-12-17", { status: "finished" }),
  date("2026-12-24", { status: "arrived" }),
  date("2026-12-31", { status: "held" }),
  date("2027-01-07"),
  date("2027-01-14", { status: "cancelled" }),
  date("2027-01-21", { booking: null, status: null }),
  date("2027-01-28"),
];

test("cancelling a series takes the dates that stand and are not over", () => {
  const days = (...asked: Parameters<typeof datesToCancel> extends [unknown, ...infer R] ? R : never) => datesToCancel(SERIES, ...asked).map((one) => one.date);
  assert.deepEqual(days("all", 0, NOW), ["2026-12-24", "2026-12-31", "2027-01-07", "2027-01-28"]);
  assert.deepEqual(days("from_date", Date.parse("2027-01-07T00:00Z"), NOW), ["2027-01-07", "2027-01-28"]);
});

test("dates are dateList with the year where it is another one, and counted", () => {
  const gone = datesToCancel(SERIES, "all", 0, NOW);
  assert.equal(dateList(gone, ZONE, NOW), "Thu 24 Dec, Thu 31 Dec, Thu 7 Jan 2027, Thu 28 Jan");
  assert.deepEqual([dateCount(1), dateCount(4)], ["1 date", "4 dates"]);
});

test("what cancelling costs is told before it is done, and nothing where there is no charge", () => {
  const quote: BookingQuote = {
    text: "£24.00",
    total_pence: 2400,
    terms: "",
    frozen: true,
    if_cancelled: "£12.00",
    if_cancelled_pence: 1200,
  };
  const said: [Partial<BookingQuote>, string, string][] = [
    [{}, "£24.00", "Cancelled now, £12.00 is charged."],
    [{ if_cancelled: "free of charge", if_cancelled_pence: 0 }, "£24.00", "Cancelled now, nothing is charged."],
    [{ text: "free of charge", total_pence: 0, if_cancelled_pence: 0 }, "free of charge", ""],
    [{ frozen: false, if_cancelled: "", if_cancelled_pence: null }, "£24.00 if it is confirmed", ""],
    [{ text: "no charge is set", total_pence: null, if_cancelled: "", if_cancelled_pence: null }, "no charge is set", ""],
  ];
  for (const [more, price, cancelled] of said) {
    const one = { ...quote, ...more };
    assert.deepEqual([priceText(one), cancellationText(one)], [price, cancelled]);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarFile } from "../src/mine/ics.ts";
import { absentText, arrange, dayText, daysLong, endMinutes, mayBook, opensText, type OwnBooking, placeOf, spokenCode } from "../src/mine/ownBookings.ts";
import type { Status } from "../src/model.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-11-26T17:50:00Z");

function booked(id: string, starts: string, status: Status = "confirmed", more: Partial<OwnBooking> = {}): OwnBooking {
  const from = Date.parse(starts);
  const code_window = { starts: new Date(from - 900_000).toISOString(), ends: new Date(from + 8_100_000).toISOString() };
  return { ...({} as OwnBooking), id, title: id, from, to: from + 7_200_000, status, code_window, version: 1, series: null, ...more };
}

test("the next one is the first that is confirmed and not over; the dates of a series are one entry", () => {
  const all = [
    booked("over", "2026-11-26T10:00Z"),
    booked("wish", "2026-11-26T17:00Z", "held"),
    booked("on", "2026-11-26T17:30Z", "arrived"),
    booked("one", "2026-12-01T18:00Z", "confirmed", { series: "s" }),
    booked("off", "2026-12-02T18:00Z", "declined"),
    booked("alone", "2026-12-03T18:00Z"),
    booked("two", "2026-12-08T18:00Z", "confirmed", { series: "s" }),
    booked("offer", "2026-12-09T18:00Z", "held", { offer: { wait: "w", until: "2026-11-30T12:00Z" } }),
  ];
  const { next, coming, waiting, off } = arrange(all, NOW);
  assert.equal(next?.id, "on");
  assert.deepEqual(
    coming.map(({ dates }) => dates.map(({ id }) => id)),
    [["one", "two"], ["alone"]],
  );
  assert.deepEqual(waiting.map(({ id }) => id), ["offer", "wish"]);
  assert.deepEqual(off.map(({ id }) => id), ["off"]);
});

test("the window is in words, with its day until it opens", () => {
  const one = booked("choir", "2026-11-26T18:00Z");
  assert.equal(opensText(one, ZONE, NOW - 3_600_000), "Opens Thu 26 Nov, 17:45 to 20:15");
  assert.equal(opensText(one, ZONE, NOW), "Opens now, until 20:15");
  assert.equal(opensText({ ...one, code_window: null }, ZONE, NOW), "");
});

test("a code is read out in groups", () => {
  assert.deepEqual(["1234", "48291", "482913", "48291376", "9123456789"].map(spokenCode), ["1234", "482 91", "482 913", "4829 1376", "9 123 456 789"]);
});

test("a calendar file has lines of at most 75 bytes, escapes text and holds no code", () => {
  const one = booked("Älteres, höchst klangvolles Männergesangsvereinsvorstandsquartett; 2", "2026-11-26T18:00Z", "confirmed", {
    codes: [{ code: "482913", doors: [] }],
    space_name: "Hall",
    site_name: "Hub",
  });
  const text = calendarFile([one], () => "Great Whyte", NOW);
  const lines = text.split("\r\n");
  assert.ok(lines.every((line) => new TextEncoder().encode(line).length <= 75));
  assert.match(text.replaceAll("\r\n ", ""), /SUMMARY:Älteres\\, höchst .*quartett\\; 2\r\n/);
  assert.ok(lines.includes("DTSTART:20261126T180000Z") && lines.includes("LOCATION:Hall\\, Hub\\, Great Whyte"));
  assert.ok(!text.includes("482913"));
});

test("an event of a calendar file is that of the subscription: a calendar has it once", () => {
  const lines = (status: Status) => calendarFile([booked("choir", "2026-11-26T18:00Z", status, { version: 3 })], () => "", NOW).split("\r\n");
  for (const line of ["UID:choir@hallkeeper", "SEQUENCE:2", "STATUS:CONFIRMED"]) assert.ok(lines("confirmed").includes(line), line);
  assert.ok(lines("held").includes("STATUS:TENTATIVE"));
});

test("a hold that has expired does not wait for a decision", () => {
  const { waiting, off } = arrange([booked("late", "2026-12-01T18:00Z", "expired")], NOW);
  assert.deepEqual([waiting.length, off.map(({ id }) => id)], [0, ["late"]]);
});

test("what is open stays where it is while its status changes", () => {
  const wish = booked("wish", "2026-12-01T18:00Z", "held");
  const first = booked("first", "2026-11-30T18:00Z");
  const kept = placeOf(arrange([first, wish], NOW), "wish");
  const agreed = { ...wish, status: "confirmed" as Status };
  assert.deepEqual(arrange([first, agreed], NOW, kept).waiting.map(({ id }) => id), ["wish"]);
  assert.deepEqual(arrange([first, agreed], NOW).coming.map(({ id }) => id), ["wish"]);
  const alone = arrange([agreed], NOW, kept);
  assert.deepEqual([alone.next?.id, alone.waiting.length], ["wish", 1]);
  const card = placeOf(arrange([wish, booked("second", "2026-12-02T18:00Z")], NOW), "second");
  assert.equal(arrange([agreed, booked("second", "2026-12-02T18:00Z")], NOW, card).next?.id, "second");
  const dates = ["2026-12-01T18:00Z", "2026-12-08T18:00Z"].map((at) => booked(at, at, "confirmed", { series: "s" }));
  const date = placeOf(arrange([first, ...dates], NOW), dates[1]!.id);
  assert.deepEqual(arrange(dates, NOW, date).coming.map(({ many }) => many), [true]);
});

test("who leads one group and only belongs to another books for the first", () => {
  const held = (role: string, party: string | null, site: string | null = null) => ({ role, party, site, party_name: party, until_at: null });
  const both = [held("group_leader", "a"), held("group_member", "b")];
  assert.deepEqual(["a", "b", null].map((party) => mayBook(both, party, "ramsey")), [true, false, false]);
  assert.deepEqual(["ramsey", "march", undefined].map((site) => mayBook([held("partner", "a", "ramsey")], "a", site)), [true, false, true]);
  assert.deepEqual(["manager", "porter"].map((role) => mayBook([held(role, null)], "b", "ramsey")), [true, false]);
});

test("a booking of several days keeps them, one over midnight follows its times", () => {
  const days = (from: string, to: string) => daysLong(Date.parse(from), Date.parse(to), ZONE);
  assert.equal(days("2026-11-27T18:00Z", "2026-11-29T12:00Z"), 2);
  assert.equal(days("2026-11-27T10:00Z", "2026-11-28T10:00Z"), 1);
  assert.equal(days("2026-11-27T18:00Z", "2026-11-28T02:00Z"), 0);
  assert.equal(days("2026-11-27T18:00Z", "2026-11-28T00:00Z"), 0);
  assert.deepEqual([endMinutes(1080, 720, 2), endMinutes(1080, 120, 0), endMinutes(1080, 1200, 0)], [3600, 1560, 1200]);
});

test("tomorrow is named, and until when somebody has to come", () => {
  assert.deepEqual(["2026-11-26T18:00Z", "2026-11-27T18:00Z", "2026-11-28T18:00Z"].map((at) => dayText(Date.parse(at), ZONE, NOW)), ["Today", "Tomorrow", "Sat 28 Nov"]);
  const one = booked("choir", "2026-11-26T18:00Z", "confirmed", { release_at: "2026-11-26T18:30:00Z" });
  assert.equal(absentText(one, ZONE, NOW), "Cancelled if nobody arrives by 18:30.");
  assert.equal(absentText({ ...one, kept: "a wedding" }, ZONE, NOW), "");
});

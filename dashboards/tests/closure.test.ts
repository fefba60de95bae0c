import assert from "node:assert/strict";
import { test } from "node:test";
import { type Batch, progressOf, undoneText } from "../src/closures/batch.ts";
import { EMPTY, listed, periodText } from "../src/closures/closure.ts";
import { type Choice, decisionsOf, doubled, type Hit, likeIt, lost, proposalText, proposed, sameSeries, taken, tally, tallyText, targetOf } from "../src/closures/decisions.ts";
import { readValues } from "../src/closures/reading.ts";
import type { Proposal, SiteDetail, Space, WireBooking } from "../src/model.ts";

const ZONE = "Europe/London";
const TODAY = "2026-11-25";
const space = (id: string, parts: string[] = []): Space => ({ ...({} as Space), id, name: id, parts });
const SPACES = [space("hall", ["half-a", "half-b"]), space("half-a"), space("half-b"), space("studio")];

function hit(id: string, ...proposals: string[]): Hit {
  const booking = { ...({} as WireBooking), id, title: id, version: 2, affected_by: [] };
  const made = proposals.map((one) => {
    const [where, hour, site = "ramsey"] = one.split(" ");
    const [starts, ends] = [`2026-12-10T${hour}:00Z`, `2026-12-10T${Number(hour) + 2}:00Z`];
    return { ...({} as Proposal), site, space: where!, layout: null, starts, ends };
  });
  return { booking, reasons: [], proposals: made, why: "" };
}

/** What is chosen when the n-th proposal is. */
const nth = (one: Hit, n: number) => targetOf(one.proposals[n]!);

test("an empty last day is the first, and whole days need no times", () => {
  const found = readValues({ ...EMPTY, from: "24/12", reason: "Christmas" }, TODAY);
  assert.deepEqual(found.wish, { reason: "Christmas", public_words: "", spaces: [], door: null, replaces: null, first: "2026-12-24", last: "2026-12-24" });
  assert.deepEqual(found.faults, {});
});

test("what is missing or upside down is said at its field, with what to do", () => {
  const wrong = readValues({ ...EMPTY, from: "24/12/2026", to: "23/12/2026" }, TODAY);
  assert.match(wrong.faults.to ?? "", /Choose a later day/);
  assert.match(wrong.faults.reason ?? "", /Say why/);
  assert.equal(wrong.wish, null);
  const hours = readValues({ ...EMPTY, from: "24/12", hours: true, fromTime: "18:00", toTime: "17:00", reason: "x" }, TODAY);
  assert.match(hours.faults.toTime ?? "", /later time or day/);
  assert.match(readValues({ ...EMPTY, from: "24/11/2026" }, TODAY).faults.from ?? "", /over/);
  assert.ok(readValues(EMPTY, TODAY).faults.from);
});

test("hours may end on another day, and a room or a door is named", () => {
  const night = { ...EMPTY, what: "door:front", hours: true, from: "26/11", to: "27/11", fromTime: "18", toTime: "2:00", reason: "lock" };
  const { wish } = readValues(night, TODAY);
  assert.deepEqual([wish?.door, wish?.spaces, wish?.starts, wish?.ends], ["front", [], "2026-11-26T18:00", "2026-11-27T02:00"]);
  assert.deepEqual(readValues({ ...EMPTY, what: "space:hall", from: "26/11" }, TODAY).wish?.spaces, ["hall"]);
});

test("whole days are said as days, over the clock changes too", () => {
  assert.equal(periodText(Date.parse("2026-10-25T00:00+01:00"), Date.parse("2026-10-26T00:00Z"), ZONE), "Sun 25 Oct");
  assert.equal(periodText(Date.parse("2027-03-27T00:00Z"), Date.parse("2027-03-29T00:00+01:00"), ZONE), "Sat 27 Mar to Sun 28 Mar");
  assert.equal(periodText(Date.parse("2026-11-26T18:00Z"), Date.parse("2026-11-27T02:00Z"), ZONE), "Thu 26 Nov, 18:00 to Fri 27 Nov 02:00");
});

test("no two bookings are proposed the same room at the same time, nor a hall and its half", () => {
  const hits = [hit("a", "half-a 18", "studio 18"), hit("b", "hall 19", "studio 20"), hit("c", "studio 21"), hit("d")];
  const [a, b, c] = [hits[0]!, hits[1]!, hits[2]!];
  const chosen = proposed(hits, {}, SPACES);
  assert.deepEqual(chosen, { a: nth(a, 0), b: nth(b, 1), c: "later", d: "later" });
  assert.deepEqual(proposed(hits, { a: "keep" }, SPACES), { a: "keep", b: nth(b, 0), c: nth(c, 0), d: "later" });
  assert.deepEqual(doubled(hits, { a: nth(a, 0), b: nth(b, 0) }, SPACES), { b: "a" });
  assert.deepEqual(doubled(hits, chosen, SPACES), {});
});

test("what was kept before stays kept", () => {
  const kept = hit("a", "studio 18");
  kept.booking.affected_by = [{ cause: "closed", text: "", kept_at: "2026-11-25T12:00Z", kept_by: "Una" }];
  assert.deepEqual(proposed([kept], {}, SPACES), { a: "keep" });
});

test("decisions name the version that was seen, and another site is booked there", () => {
  const hits = [hit("a", "studio 18"), hit("b", "hall 18 march"), hit("c"), hit("d")];
  const chosen: Record<string, Choice> = { a: nth(hits[0]!, 0), b: nth(hits[1]!, 0), c: "cancel", d: "later" };
  const sent = decisionsOf(hits, chosen, "ramsey") as { decision: string; version: number }[];
  assert.deepEqual(sent.map(({ decision, version }) => [decision, version]), [["move", 2], ["rebook", 2], ["cancel", 2]]);
  assert.equal(tallyText(tally(hits, chosen)), "2 are moved, 1 is cancelled, 1 stays undecided");
});

test("a choice stays with its target when the proposals are others, and is lost when it is not among them", () => {
  const chosen: Record<string, Choice> = { a: nth(hit("a", "studio 18"), 0), b: "keep" };
  const moved = hit("a", "hall 20", "studio 18");
  assert.equal(taken(moved, chosen.a), moved.proposals[1]);
  assert.deepEqual(lost([moved, hit("b")], chosen), []);
  const gone = [hit("a", "hall 20"), hit("b")];
  assert.deepEqual(lost(gone, chosen), ["a"]);
  assert.deepEqual([taken(gone[0]!, chosen.a), doubled(gone, chosen, SPACES)], [undefined, {}]);
  assert.deepEqual(lost(gone, { a: 1 as unknown as Choice }), ["a"]);
});

test("another site where somebody has to approve it is never the proposal, and its text says so", () => {
  const away = hit("a", "hall 18 march", "studio 18 march");
  away.proposals = away.proposals.map((one, n) => ({ ...one, how: "other_site", text: "Hall at March", needs_approval: n === 0 }));
  assert.deepEqual(proposed([away], {}, SPACES), { a: nth(away, 1) });
  assert.equal(proposalText(away.proposals[0]!), "Book Hall at March; with a new code, once somebody has approved it");
  assert.equal(proposalText(away.proposals[1]!), "Book Hall at March; with a new code");
});

test("the words for everybody go with a closure, and with no door", () => {
  const typed = { ...EMPTY, from: "26/11", reason: "Ann is ill", words: " floor works " };
  assert.equal(readValues(typed, TODAY).wish?.public_words, "floor works");
  assert.equal(readValues({ ...typed, what: "door:front" }, TODAY).wish?.public_words, "");
});

test("what is chosen for a date is chosen for all dates of its series, as far as they have the same", () => {
  const dates = [hit("a", "studio 18", "hall 20"), hit("b", "studio 18", "hall 20"), hit("c", "half-a 18"), hit("d", "studio 18")];
  dates.forEach((one, n) => (one.booking = { ...one.booking, starts: "2026-12-10T18:00Z", series: n < 3 ? "s" : "" } as WireBooking));
  const [a, b] = dates as [Hit, Hit];
  assert.deepEqual(sameSeries(dates, a).map(({ booking }) => booking.id), ["b", "c"]);
  const later: Record<string, Choice> = { a: nth(a, 1), b: "later", c: "later", d: "later" };
  assert.deepEqual(likeIt(dates, a, later), { ...later, b: nth(b, 1) });
  assert.deepEqual(likeIt(dates, a, { ...later, a: "cancel" }), { a: "cancel", b: "cancel", c: "cancel", d: "later" });
});

test("the dates of a series move alike over the night when the clocks go back", () => {
  const date = (id: string, starts: string, instead: string): Hit => {
    const one = hit(id, "studio 18");
    return { ...one, booking: { ...one.booking, series: "s", starts }, proposals: [{ ...one.proposals[0]!, starts: instead }] };
  };
  const dates = [date("mon", "2026-10-19T18:00:00+01:00", "2026-10-21T18:00:00+01:00"), date("fri", "2026-10-23T18:00:00+01:00", "2026-10-25T18:00:00+00:00")];
  const [mon, fri] = dates as [Hit, Hit];
  assert.deepEqual(likeIt(dates, mon, { mon: nth(mon, 0), fri: "later" }), { mon: nth(mon, 0), fri: nth(fri, 0) });
});

test("of a door it is said until when it can be closed", () => {
  const door = (to: string) => readValues({ ...EMPTY, what: "door:front", from: "26/11", to, reason: "lock" }, TODAY);
  assert.match(door("").limit, /29 Dec/);
  assert.equal(door("29/12").wish?.last, "2026-12-29");
  assert.deepEqual([door("30/12").wish, door("30/12").tooFar, door("30/12").faults.to], [null, true, door("").limit]);
  assert.equal(readValues({ ...EMPTY, from: "26/11", to: "30/12", reason: "lock" }, TODAY).limit, "");
});

test("closures and closed doors are listed by start, with the open bookings of their rooms", () => {
  const site = { ...({} as SiteDetail), zone: ZONE, spaces: SPACES, doors: [] };
  const closure = { id: "c", reason: "floor", public_words: "works", spaces: ["hall"], first: "2026-12-10", last: "2026-12-10", starts: "2026-12-10T00:00Z", ends: "2026-12-11T00:00Z", actor: "Una" };
  const door = { id: "o", kind: "out_of_service", reason: "lock", starts: "2026-12-01T08:00Z", ends: "2026-12-01T10:00Z", actor: "Una", stands: true, doors: [{ door: "front", name: "Front door" }] };
  const booked = (id: string, where: string) => ({ ...hit(id).booking, space: where, starts: "2026-12-10T18:00Z", ends: "2026-12-10T20:00Z" });
  const found = listed(site, [closure], [door], [booked("in", "half-a"), booked("out", "studio")], [{ override: "o", count: 7, bookings: [booked("behind", "studio")] }]);
  assert.deepEqual(found.map(({ name, when, open, waiting }) => [name, when, open.map(({ id }) => id), waiting]), [
    ["Front door", "Tue 1 Dec, 08:00 to 10:00", ["behind"], 7],
    ["hall", "Thu 10 Dec", ["in"], 1],
  ]);
  assert.deepEqual([found[1]?.values.from, found[1]?.values.what, found[1]?.values.hours, found[1]?.values.words], ["10/12/2026", "space:hall", false, "works"]);
});

const BATCH: Batch = { id: "b", reason: "floor", closure: "c", override: null, actor: "Una", made_at: "", undo_until: "", moved: 2, cancelled: 1, open_again: true, put_back: 1, state: "undoing", cut_short: true, planned: null, finished: null, key: null };

test("an undo that was cut short says what is and is not undone", () => {
  assert.equal(undoneText(BATCH), "It is undone only in part: it is open again, and 1 of 3 bookings are put back. “Undo it all” does the rest.");
  assert.match(undoneText({ ...BATCH, open_again: false, put_back: 0 }), /still closed, and 0 of 3/);
  assert.match(undoneText({ ...BATCH, state: "finished", cut_short: false }), /only in part/);
  assert.equal(undoneText({ ...BATCH, cut_short: false }), "");
  assert.equal(undoneText({ ...BATCH, state: "finished", open_again: false, put_back: 0 }), "");
});

test("progress is that of one's own batch, also where the same user carries out another for the same reason", () => {
  const other = { ...BATCH, id: "other", planned: 9, finished: 8, key: "of another tab" };
  const mine = { ...BATCH, planned: 3, finished: 1, key: "mine" };
  assert.deepEqual(progressOf([other, mine], ({ key }) => key === "mine"), { planned: 3, finished: 1 });
  assert.equal(progressOf([other], ({ key }) => key === "mine"), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answers, changed, chosenWords, firstOpen, type FoundSpace, madeSeries, needsWords, NOTHING, partiesOf, readDay, searchOf, timesOf, whenFaults, whenWords } from "../src/find/find.ts";
import { inReach, mayWait, missingWords, othersOf, othersPath, refusalsOf, requestOf, searchFault, seriesOf, sorted } from "../src/find/spaces.ts";

const TODAY = "2026-11-25";
const asked = (more: Partial<Answers> = {}): Answers => ({ ...NOTHING, day: "3/12/2026", from: "18:00", to: "20:00", people: "18", ...more });
const space = (more: Partial<FoundSpace>): FoundSpace =>
  ({ how: "same", text: "", site: "ramsey", site_name: "Ramsey Hub", space: "hall", name: "Hall", layout: null, layout_name: null, starts: "", ends: "", needs_approval: false, approval: "", miles: null, holds: null, step_free: false, ...more });

test("an end before the start is on the next day", () => {
  const times = timesOf(asked({ from: "20:00", to: "1am" }), TODAY)!;
  assert.deepEqual([times.starts, times.ends], ["2026-12-03T20:00", "2026-12-04T01:00"]);
  assert.equal(whenWords(times), "Thu 3 Dec, 20:00 to Fri 4 Dec 01:00");
});

test("midnight ends the day and not the next one", () => {
  assert.equal(timesOf(asked({ to: "24:00" }), TODAY)!.ends, "2026-12-04T00:00");
});

test("what cannot be read, is over or ends as it starts says how to write it", () => {
  assert.deepEqual(Object.keys(whenFaults(asked({ day: "31/2/2027", from: "x", to: "" }), TODAY)), ["day", "from", "to"]);
  assert.match(whenFaults(asked({ day: "1/11/2026" }), TODAY).day!, /is over/);
  assert.match(whenFaults(asked({ to: "18:00" }), TODAY).to!, /ends? as it starts/);
  assert.deepEqual(Object.keys(whenFaults(asked({ weekly: true, until: "1/12/2026" }), TODAY)), ["until"]);
});

test("the first question that is open is asked, and the spaces once none is", () => {
  assert.equal(firstOpen(NOTHING, TODAY), "");
  assert.equal(firstOpen(asked({ people: "" }), TODAY), "people");
  assert.equal(firstOpen(asked({ equipment: { chairs: "many" } }), TODAY), "needs");
  assert.equal(firstOpen(asked({ where: "here" }), TODAY), "where");
  assert.equal(firstOpen(asked({ where: "here", spot: { latitude: 52, longitude: 0 } }), TODAY), "spaces");
});

test("a search has what is answered, and a term its rule up to the last date", () => {
  const one = asked({ stepFree: true, amenities: ["kitchen"], equipment: { chairs: "30", piano: "" }, where: "near", near: "march", miles: "5" });
  assert.deepEqual(searchOf(one, timesOf(one, TODAY)!), {
    people: 18,
    step_free: true,
    amenities: ["kitchen"],
    equipment: { chairs: 30 },
    near: "march",
    within_miles: 5,
    party: null,
    under_16s: false,
    limit: 50,
    starts: "2026-12-03T18:00",
    ends: "2026-12-03T20:00",
  });
  const term = asked({ weekly: true, until: "4/2/2027", termOnly: true, where: "site", site: "march" });
  const found = searchOf(term, timesOf(term, TODAY)!) as Record<string, unknown>;
  assert.deepEqual([found.rule, found.term_only, found.sites], ["FREQ=WEEKLY;UNTIL=20270204", true, ["march"]]);
  assert.equal(whenWords(timesOf(term, TODAY)!), "Every Thursday, 3 Dec to 4 Feb, 18:00 to 20:00");
});

test("the smallest comes first, or the nearest; of a term those that take most dates", () => {
  const all = [space({ name: "Big", holds: 100, miles: 1 }), space({ name: "Unknown", miles: 2 }), space({ name: "Small", holds: 20, miles: 9 })];
  assert.deepEqual(sorted(all, "size").map(({ name }) => name), ["Small", "Big", "Unknown"]);
  assert.deepEqual(sorted(all, "miles").map(({ name }) => name), ["Big", "Unknown", "Small"]);
  const term = [space({ name: "Few", holds: 10, dates: 9, taken: 3 }), space({ name: "Most", holds: 90, dates: 9, taken: 9 })];
  assert.deepEqual(sorted(term, "size").map(({ name }) => name), ["Most", "Few"]);
});

test("every space in reach that was not found is among the others, with what it lacks", () => {
  const one = asked({ equipment: { chairs: "30" }, amenities: ["kitchen"] });
  const path = othersPath(one, timesOf(one, TODAY)!);
  assert.equal(path, "/free?from=2026-12-03T18%3A00&to=2026-12-03T20%3A00&minutes=1&kind=room&people=18&amenities=kitchen&equipment=chairs%3A30&limit=250");
  const sites = [{ site: "ramsey", name: "Ramsey Hub", spaces: [{ space: "hall", name: "Hall", layout: null }, { space: "studio", name: "Studio", layout: "rows" }], unfit: [{ space: "snug", name: "Snug", why: ["holds 4"] }] }];
  const others = othersOf(sites, [space({})]);
  assert.deepEqual(others.map(({ space, layout, why }) => [space, layout, why]), [["studio", "rows", []], ["snug", null, ["holds 4"]]]);
});

test("where somebody is bounds the others, and is in no address", () => {
  const one = asked({ where: "here", spot: { latitude: 52.4487, longitude: -0.1096 }, miles: "5" });
  assert.doesNotMatch(othersPath(one, timesOf(one, TODAY)!), /latitude|longitude|miles/);
  const [warboys, huntingdon] = [{ latitude: 52.4056, longitude: -0.0803 }, { latitude: 52.3306, longitude: -0.1832 }];
  assert.deepEqual([inReach(one, warboys), inReach(one, huntingdon), inReach(one, {})], [true, false, false]);
  assert.equal(inReach({ ...one, miles: "" }, huntingdon), true);
});

test("waiting is offered where a booking stands in the way, and nothing that never passes", () => {
  const why = (...kinds: string[]) => mayWait(kinds.map((kind) => ({ kind })));
  assert.deepEqual([why("clash"), why("clash", "approval"), why("clash", "capacity"), why("closed"), why("quota"), why()], [true, true, false, false, false, false]);
});

test("a refusal names nobody's booking, and no approval that it would need as well", () => {
  const reason = (kind: string) => ({ kind, text: kind, field: "", conflicts: [{ id: "1", title: "Choir", space: "hall", starts: "", ends: "" }], asked: null, limit: null });
  assert.deepEqual(refusalsOf([reason("clash"), reason("approval")]).map(({ kind, conflicts }) => [kind, conflicts]), [["clash", []]]);
  assert.deepEqual(refusalsOf([reason("approval")]).map(({ kind }) => kind), ["approval"]);
  assert.equal(missingWords([{ date: "2026-12-10", reasons: [reason("clash")] }, { date: "2026-12-24", reasons: [reason("closed")] }, { date: "2026-12-31", reasons: [] }]), "Not on Thu 10 Dec (taken), Thu 24 Dec (closed) and 1 more");
});

test("a booking asks for what was searched, at the time of the space that was chosen", () => {
  const one = asked({ party: "choir", under16s: true });
  const at = { space: "hall", layout: "rows", starts: "2026-12-04T18:00+00:00", ends: "2026-12-04T20:00+00:00" };
  const { people, party, layout, starts, under_16s } = requestOf(one, at) as Record<string, unknown>;
  assert.deepEqual([people, party, layout, starts, under_16s], [18, "choir", "rows", at.starts, true]);
  const term = asked({ weekly: true, until: "4/2/2027" });
  const series = seriesOf(term, at, timesOf(term, TODAY)!) as Record<string, unknown>;
  assert.deepEqual([series.first_starts, series.starts], ["2026-12-03T18:00", undefined]);
});

test("the groups somebody leads are those they book for", () => {
  const held = (role: string, party: string | null) => ({ role, site: null, party, party_name: party && party.toUpperCase(), until_at: null });
  assert.deepEqual(partiesOf([held("group_leader", "choir"), held("group_member", "band")]), [{ id: "choir", name: "CHOIR" }]);
  assert.deepEqual(partiesOf([held("manager", null)]), [{ id: null, name: "No group" }]);
  assert.deepEqual(partiesOf([held("wall", null)]), []);
});

test("what is needed is said in words", () => {
  assert.equal(needsWords(NOTHING, String), "Nothing special needed");
  assert.equal(needsWords(asked({ stepFree: true, amenities: ["hearing-loop"], equipment: { chairs: "30" } }), () => "folding chairs"), "Step-free, hearing loop, 30 folding chairs");
});

test("a search that is refused says which answer to change", () => {
  assert.equal(searchFault("Bad", [{ field: "rule", message: "goes on for more than 10 years" }]), "The term goes on for more than 10 years.");
  assert.equal(searchFault("The controller does not answer."), "The controller does not answer.");
});

test("a series that was made says how many dates are booked and how many wait, whatever its first date is", () => {
  const made = madeSeries("ramsey", "Every Thursday, 3 Dec to 17 Dec, 18:00 to 20:00", [{ id: "a", status: "held" }, { id: "b", status: "confirmed" }, { id: "c", status: "requested" }], 1);
  assert.deepEqual([made.id, made.confirmed, made.waiting], ["b", 1, 2]);
  assert.equal(made.what, "Every Thursday, 3 Dec to 17 Dec, 18:00 to 20:00: 1 date booked, 2 dates asked for, 1 date left out");
  assert.deepEqual(madeSeries("ramsey", "", [{ id: "a", status: "held" }], 0).confirmed, 0);
});

test("a start that is over, or at 24:00, is refused", () => {
  const late = asked({ day: "25/11/2026", from: "9:00" });
  assert.match(whenFaults(late, TODAY, 600).from!, /^09:00 is over today/);
  assert.deepEqual([whenFaults(late, TODAY, 540), whenFaults(asked({ from: "9:00" }), TODAY, 600)], [{}, {}]);
  assert.match(whenFaults(asked({ from: "24:00" }), TODAY).from!, /00:00/);
});

test("a day is read from figures alone", () => {
  assert.deepEqual(["031226", "03122026", "3/12", "0312"].map((text) => readDay(text, TODAY)), ["2026-12-03", "2026-12-03", "2026-12-03", null]);
});

test("a chosen space is dropped once an answer changes that it hangs on", () => {
  const chosen = { site: "ramsey", site_name: "", space: "hall", name: "Hall", layout: null, starts: "2026-12-10T19:00+00:00", ends: "2026-12-10T21:00+00:00", series: false, wait: false };
  const one = asked({ chosen, weekly: true, until: "24/12/2026" });
  assert.equal(changed(one, { weekly: false }).chosen, null);
  assert.deepEqual([changed(one, { title: "Choir", weekly: true }).chosen, changed(one, { to: "21:00", chosen }).chosen], [chosen, chosen]);
  assert.equal(chosenWords(one, chosen, timesOf(one, TODAY)!), "Thu 10 Dec, 19:00 to 21:00, this date only");
});

test("a request without an answer is kept while its space stays chosen, and no longer", () => {
  const chosen = { site: "ramsey", site_name: "", space: "hall", name: "Hall", layout: null, starts: "", ends: "", series: false, wait: false };
  const sent = { path: "/sites/ramsey/bookings", body: "{}", key: "k" };
  const one = asked({ chosen, sent });
  assert.deepEqual([changed(one, { title: "Choir" }).sent, changed(one, { people: "20" }).sent, changed(one, { chosen: { ...chosen, space: "studio" } }).sent], [sent, null, null]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { columns } from "../src/morning/columns.ts";
import { askingMail, changes, dayText, dial, type DocumentHit, lapseText, lateText, type Line, sinceText, whenText, whoText } from "../src/morning/morning.ts";

const ZONE = "Europe/London";
const NOW = Date.parse("2026-11-26T08:00:00Z");

function line(id: string, more: Partial<Line> = {}): Line {
  return { ...({} as Line), id, title: id, starts: "2026-11-26T18:00:00+00:00", ends: "2026-11-26T20:00:00+00:00", series: null, version: 1, ...more };
}

test("dates of a series that changed alike are one item, by the start of the first", () => {
  const found = changes({
    new: [line("b", { series: "s", starts: "2026-12-01T18:00Z" }), line("c", { series: "s", starts: "2026-12-08T18:00Z" })],
    moved: [line("d", { series: "s", starts: "2026-11-30T18:00Z" })],
    cancelled: [line("a")],
  });
  assert.deepEqual(
    found.map(({ what, first, last, count }) => [what, first.id, last.id, count]),
    [["cancelled", "a", "a", 1], ["moved", "d", "d", 1], ["new", "b", "c", 2]],
  );
});

test("a change after it was seen is another item", () => {
  const [before] = changes({ new: [line("a")], moved: [], cancelled: [] });
  const [after] = changes({ new: [line("a", { version: 2 })], moved: [], cancelled: [] });
  assert.notEqual(before!.key, after!.key);
});

test("days near today have their words, by the clock on the wall", () => {
  for (const [at, text] of [
    ["2026-11-26T18:00Z", "Today"],
    ["2026-11-27T00:00Z", "Tomorrow"],
    ["2026-11-25T23:59Z", "Yesterday"],
    ["2026-11-28T10:00Z", "Sat 28 Nov"],
  ] as const)
    assert.equal(dayText(Date.parse(at), ZONE, NOW), text);
  // Midnight in London in summer is 23:00 UTC the day before.
  assert.equal(dayText(Date.parse("2027-06-01T23:30Z"), ZONE, Date.parse("2027-06-01T10:00Z")), "Tomorrow");
  assert.equal(whenText(line("a"), ZONE, NOW), "Today, 18:00 to 20:00");
});

test("yesterday evening is said by the clock on the wall on both days on which the clocks change", () => {
  for (const [since, now] of [
    ["2027-03-27T18:00:00+00:00", "2027-03-28T07:00Z"],
    ["2027-10-30T17:00:00+00:00", "2027-10-31T08:00Z"],
  ] as const)
    assert.equal(sinceText(since, ZONE, Date.parse(now)), "yesterday 18:00");
});

test("who booked is said once, and not where the title says it", () => {
  assert.equal(whoText({ title: "Practice", party_name: "Choir", contact_name: "Tess" }), "Choir, Tess");
  assert.equal(whoText({ title: "Choir", party_name: "Choir", contact_name: "" }), "");
});

test("who is late is told by when the room goes, unless it is kept", () => {
  const late = line("a", { release_at: "2026-11-26T18:30:00+00:00", kept: "" });
  assert.equal(lateText(late, ZONE), "Began at 18:00, nobody has come; cancelled if nobody arrives by 18:30.");
  assert.equal(lateText({ ...late, kept: "the door is offline" }, ZONE), "Began at 18:00, nobody has come.");
});

test("a document is asked for with what is wrong with it", () => {
  const one = { party_name: "Choir & Co", name: "insurance", until: "2026-11-20", contact_name: "Tess", contact_email: "tess@example.org" } as DocumentHit;
  assert.equal(lapseText(one, "2026-11-26"), "insurance ended on Fri 20 Nov");
  assert.equal(lapseText({ ...one, until: "2026-11-27" }, "2026-11-26"), "insurance ends on Fri 27 Nov");
  assert.equal(lapseText({ ...one, until: null }, "2026-11-26"), "insurance is missing");
  const mail = new URL(askingMail(one, "Ramsey Hub", "2026-11-26"));
  assert.equal(decodeURIComponent(mail.pathname), "tess@example.org");
  assert.equal(mail.searchParams.get("subject"), "insurance of Choir & Co");
  assert.match(mail.searchParams.get("body")!, /Choir & Co that we have ended on Fri 20 Nov/);
});

test("a telephone dials digits, without the zero that is for calls from inside the country", () => {
  assert.equal(dial("01632 960-100"), "01632960100");
  assert.equal(dial("+44 (0)1632 960100"), "+441632960100");
});

test("the columns keep the order and differ little in height; one part alone has one", () => {
  assert.deepEqual(columns([{ id: "requests", count: 3 }, { id: "calls", count: 1 }, { id: "changed", count: 4 }]), [["requests"], ["calls", "changed"]]);
  assert.deepEqual(columns([{ id: "changed", count: 4 }]), [["changed"], []]);
  assert.deepEqual(columns([]), [[], []]);
});

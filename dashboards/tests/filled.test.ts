import assert from "node:assert/strict";
import { test } from "node:test";
import { blank, detailsOf, faultsOf, judged, merged, said, touched } from "../src/diary/filled.ts";

const AT = Date.parse("2026-12-08T18:00Z");
const OPENED = { ...blank("hall", AT, AT + 7_200_000, "Europe/London"), title: "Choir", people: "12" };
const nameOf = (id: string) => ({ hall: "Main hall", studio: "Studio" })[id] ?? id;

test("a change sends what was touched and nothing else", () => {
  const before = detailsOf(OPENED);
  assert.deepEqual(touched(detailsOf(OPENED), before), {});
  assert.deepEqual(touched(detailsOf({ ...OPENED, title: " Choir " }), before), {});
  assert.deepEqual(touched(detailsOf({ ...OPENED, contact_phone: "01487 1", people: "" }), before), { contact_phone: "01487 1", people: null });
  assert.deepEqual(touched(detailsOf({ ...OPENED, equipment: { chairs: "4", urn: "" } }), before), { equipment: { chairs: 4 } });
});

test("a new booking sends what was said at all", () => {
  assert.deepEqual(said(detailsOf(OPENED)), { space: "hall", title: "Choir", people: 12 });
});

test("a letter of title, contact or notes asks nobody anew whether it can be had", () => {
  const wish = detailsOf(OPENED);
  const other = detailsOf({ ...OPENED, title: "Choirs", contact_name: "Ann", notes: "Bring keys", key_holder: "Ann", public: true });
  assert.deepEqual(judged(wish), judged(other));
  assert.notDeepEqual(judged(wish), judged(detailsOf({ ...OPENED, people: "13" })));
});

test("numbers that cannot be read are told at their fields", () => {
  const cases: [Partial<typeof OPENED>, string[]][] = [
    [{}, []],
    [{ people: "a dozen" }, ["people"]],
    [{ people: "0" }, ["people"]],
    [{ setup_min: "0", cleardown_min: "1.5" }, ["cleardown_min"]],
    [{ seats: "-1" }, ["seats"]],
    [{ party_name: "Bras band" }, ["party"]],
    [{ party_name: "Brass band", party: "brass-band" }, []],
    [{ equipment: { chairs: "many", urn: "0" } }, ["equipment-chairs"]],
  ];
  for (const [typed, fields] of cases)
    assert.deepEqual(faultsOf({ ...OPENED, ...typed }).map(({ field }) => field), fields, JSON.stringify(typed));
});

test("what was typed is put onto what somebody else has saved meanwhile", () => {
  const now = { ...OPENED, space: "studio", people: "20", to: "21:00" };
  const { form, theirs, both } = merged({ ...OPENED, contact_phone: "01487 1" }, OPENED, now, nameOf);
  assert.deepEqual(form, { ...now, contact_phone: "01487 1" });
  assert.deepEqual(theirs, ["room (now Studio)", "time (now 08/12/2026, 18:00 to 21:00)", "people (now 20)"]);
  assert.deepEqual(both, []);
});

test("what both have changed stays as it was typed and is named", () => {
  const { form, both } = merged({ ...OPENED, from: "17:00", people: "20" }, OPENED, { ...OPENED, to: "21:00", people: "20" }, nameOf);
  assert.deepEqual([form.from, form.to, form.people], ["17:00", "20:00", "20"]);
  assert.deepEqual(both, ["time"]);
});

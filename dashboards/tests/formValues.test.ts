import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyForm, detailsOf, fieldErrors, checkedFields, mergeForms, nonEmpty, changedFields } from "../src/diary/formValues.ts";

const AT = Date.parse("2026-12-08T18:00Z");
const OPENED = { ...emptyForm("hall", AT, AT + 7_200_000, "Europe/London"), title: "Choir", people: "12" };
const nameOf = (id: string) => ({ hall: "Main hall", studio: "Studio" })[id] ?? id;

test("a change sends what was changedFields and nothing else", () => {
  const before = detailsOf(OPENED);
  assert.deepEqual(changedFields(detailsOf(OPENED), before), {});
  assert.deepEqual(changedFields(detailsOf({ ...OPENED, title: " Choir " }), before), {});
  assert.deepEqual(changedFields(detailsOf({ ...OPENED, contact_phone: "01487 1", people: "" }), before), { contact_phone: "01487 1", people: null });
  assert.deepEqual(changedFields(detailsOf({ ...OPENED, equipment: { chairs: "4", urn: "" } }), before), { equipment: { chairs: 4 } });
});

test("a new booking sends what was said at all", () => {
  assert.deepEqual(nonEmpty(detailsOf(OPENED)), { space: "hall", title: "Choir", people: 12 });
});

test("typing a title, contact or notes checks nothing again", () => {
  const request = detailsOf(OPENED);
  const other = detailsOf({ ...OPENED, title: "Choirs", contact_name: "Ann", notes: "Bring keys", key_holder: "Ann", public: true });
  assert.deepEqual(checkedFields(request), checkedFields(other));
  assert.notDeepEqual(checkedFields(request), checkedFields(detailsOf({ ...OPENED, people: "13" })));
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
    assert.deepEqual(fieldErrors({ ...OPENED, ...typed }).map(({ field }) => field), fields, JSON.stringify(typed));
});

test("what was typed is put onto what somebody else has saved meanwhile", () => {
  const now = { ...OPENED, space: "studio", people: "20", to: "21:00" };
  const { form, theirs, both } = mergeForms({ ...OPENED, contact_phone: "01487 1" }, OPENED, now, nameOf);
  assert.deepEqual(form, { ...now, contact_phone: "01487 1" });
  assert.deepEqual(theirs, ["room (now Studio)", "time (now 08/12/2026, 18:00 to 21:00)", "people (now 20)"]);
  assert.deepEqual(both, []);
});

test("what both have changed stays as it was typed and is named", () => {
  const { form, both } = mergeForms({ ...OPENED, from: "17:00", people: "20" }, OPENED, { ...OPENED, to: "21:00", people: "20" }, nameOf);
  assert.deepEqual([form.from, form.to, form.people], ["17:00", "20:00", "20"]);
  assert.deepEqual(both, ["time"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Field, idOf, listText, readFields, valuesOf } from "../src/buildings/fields.ts";
import { bodyOf, namedText } from "../src/buildings/things.ts";
import { asOpened, Changed, newRate, policySentences, ruleText, tariffSentences } from "../src/buildings/rules.ts";
import { doorless, doorsOfNew, isFiner, isOver, nextStep, NO_PROGRESS, openedSince, readWeek } from "../src/buildings/setup.ts";
import { heard, tickOf, works } from "../src/buildings/wiring.ts";
import { editOf, isEdit, tabOf } from "../src/buildings/views.ts";

const FIELDS: Field[] = [
  { name: "name", text: "Name", needed: "Give it a name." },
  { name: "capacity", text: "People", kind: "number", most: 500 },
  { name: "price", text: "Price", kind: "pounds" },
  { name: "floor", text: "Floor", kind: "choice" },
  { name: "doors", text: "Doors", kind: "many" },
  { name: "open", text: "Open", kind: "yes" },
  { name: "places", text: "Places", kind: "number", needed: "Say how many.", when: (values) => values.open === true },
];

test("what the API sends comes back as it was", () => {
  const thing = { name: "Hall", capacity: 120, price: 1850, floor: null, doors: ["front"], open: true, places: 3 };
  assert.deepEqual(readFields(FIELDS, valuesOf(FIELDS, thing)), { body: thing, errors: {} });
});

test("an empty number is none, and a field that is not asked for is not missed", () => {
  const values = valuesOf(FIELDS, { name: " Hall ", open: false });
  const { body, errors } = readFields(FIELDS, values);
  assert.deepEqual(errors, {});
  assert.deepEqual([body.name, body.capacity, body.places], ["Hall", null, null]);
});

test("each field says what is wrong with it", () => {
  const { errors } = readFields(FIELDS, { name: "", capacity: "501", price: "12.345", open: true, doors: [] });
  assert.deepEqual(errors, {
    name: "Give it a name.",
    capacity: "Type a number from 0 to 500.",
    price: "Type an amount in pounds, such as 12.50.",
    places: "Say how many.",
  });
});

test("pounds and thousands are read as people type them", () => {
  const { body } = readFields(FIELDS, { name: "x", price: "£1850", capacity: "0" });
  assert.deepEqual([body.price, body.capacity], [185_000, 0]);
});

test("an id is made of the name, and is never one that is taken", () => {
  assert.equal(idOf("Café & “St. John’s” bar", []), "cafe-st-johns-bar");
  assert.equal(idOf("Hall", ["hall", "hall-2"]), "hall-3");
  assert.equal(idOf("会", []), "new");
  assert.match(idOf("x".repeat(35) + " y", []), /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/);
});

test("names are listed as they are spoken", () => {
  assert.deepEqual([[], ["A"], ["A", "B"], ["A", "B", "C"]].map(listText), ["", "A", "A and B", "A, B and C"]);
});

test("minutes left empty are none, and a pool has neither parts nor layouts", () => {
  assert.equal(bodyOf("spaces", { setup_min: null }).setup_min, 0);
  assert.deepEqual(bodyOf("spaces", { kind: "pool", parts: ["a"], layouts: [{}], default_layout: "x" }), { kind: "pool", parts: [], layouts: [], default_layout: null });
});

test("the address says which form is open, and on which part of the page", () => {
  assert.deepEqual(editOf("layouts.hall.theatre"), { kind: "layouts", id: "hall", inner: "theatre" });
  assert.deepEqual(editOf("spaces."), { kind: "spaces", id: null, inner: null });
  assert.deepEqual(["", "spaces.hall", "doors", "edges.pi", "prices"].map(tabOf), ["", "", "doors", "doors", "prices"]);
  assert.deepEqual(["", "doors", "doors.", "prices.x"].map(isEdit), [false, false, true, false]);
});

test("a sentence of the controller has names instead of ids", () => {
  const none = { floors: [], equipment: [], spaces: [] };
  const estate = { ...none, doors: [{ id: "front", name: "Front door" }], edges: [{ id: "pi", name: "The Pi" }] } as never;
  assert.equal(namedText("edge pi cannot be deleted: door 'front' is on it.", estate), "“The Pi” cannot be deleted: door “Front door” is on it.");
});

const DOOR = { id: "front", name: "Front door", contact: "closed", lock: "locked", at: "t1" };
const QUIET = { at: "t0", site: "s", doors: [DOOR], recent: [{ at: "t0", text: "Front door: request to exit" }], counters: [], motion: [], fires: [] };
const after = (change: object) => heard(QUIET as never, { ...QUIET, ...change } as never).map(({ part, text }) => [part, text]);

test("nothing that was there already counts as heard", () => {
  assert.deepEqual(after({}), []);
});

test("each input is heard by its name", () => {
  assert.deepEqual(after({ recent: [{ at: "t9", text: "Front door: request to exit" }] }), [["button", "Front door: the exit button was pressed"]]);
  assert.deepEqual(after({ doors: [{ ...DOOR, contact: "open" }] }), [["contact", "Front door: the door is open"]]);
  assert.deepEqual(after({ doors: [{ ...DOOR, lock: "unlocked" }] }), [["lock", "Front door: the lock is unlocked"]]);
  assert.deepEqual(after({ recent: [{ at: "t9", text: "Front door: refused: wrong code" }] }), [["reader", "Front door: refused: wrong code"]]);
  assert.deepEqual(after({ recent: [{ at: "t9", text: "Front door: 2 keys at front-door-keypad, then nothing more" }] }), [["reader", "Front door: 2 keys at front-door-keypad, then nothing more"]]);
  assert.deepEqual(after({ counters: [{ id: "c", door: "front", ins_today: 1, outs_today: 0, at: "t9" }] }), [["", "Front door: the beams counted 1 in"]]);
});

test("what a Pi says of itself when it comes back is not heard as a try", () => {
  const lost = { ...QUIET, doors: [{ ...DOOR, contact: "unknown", lock: "unknown" }] };
  assert.deepEqual(heard(lost as never, QUIET as never), []);
});

test("a contact works once it was heard open and shut", () => {
  const ticks = new Set([tickOf({ door: "front", part: "contact", state: "open" }), tickOf({ door: "front", part: "button" })]);
  assert.deepEqual((["contact", "button", "lock"] as const).map((part) => works(ticks, "front", part)), [false, true, false]);
  ticks.add(tickOf({ door: "front", part: "contact", state: "closed" }));
  assert.equal(works(ticks, "front", "contact"), true);
});

test("only a booking code at a door of the booking, from now on, shows that the code works", () => {
  const [at, code] = ["2027-03-09T10:00:00Z", "Front door: opened with a booking code"];
  const shown = (entry: object) => Boolean(openedSince([{ at, text: code, ...entry }], ["Front door"], Date.parse(at)));
  assert.deepEqual([{}, { at: "2027-03-09T09:59:59Z" }, { text: "Front door: opened with card and PIN" }, { text: "Shed: opened with a booking code" }].map(shown), [true, false, false, false]);
});

test("a booking of yesterday or a cancelled one is over", () => {
  const [ends, now] = ["2027-03-09T11:00:00+00:00", Date.parse("2027-03-09T10:30:00Z")];
  const over = (change: object, at = now) => isOver({ status: "confirmed", ends, code_window: null, ...change }, at);
  assert.deepEqual([over({}), over({ status: "cancelled" }), over({}, now + 86_400_000)], [false, true, true]);
});

test("the next step is the first that is neither done nor skipped", () => {
  const nothing = { estate: null, hours: false, online: false };
  assert.equal(nextStep(nothing, NO_PROGRESS), "building");
  const begun = { estate: { spaces: [{}], doors: [] } as never, hours: false, online: false };
  assert.equal(nextStep(begun, NO_PROGRESS), "hours");
  assert.equal(nextStep(begun, { ...NO_PROGRESS, skipped: ["hours"] }), "door");
  const done = { estate: { spaces: [{ bookable: true, doors: ["front"] }], doors: [{}] } as never, hours: true, online: true };
  assert.equal(nextStep(done, { skipped: [], wired: true, group: "choir", booking: "x", opened: true }), null);
});

test("a new room gets the only door, and of several those that were ticked", () => {
  const estate = (...ids: string[]) => ({ spaces: [], doors: ids.map((id) => ({ id })) }) as never;
  assert.deepEqual(doorsOfNew(estate(), undefined), []);
  assert.deepEqual(doorsOfNew(estate("front"), undefined), ["front"]);
  assert.deepEqual(doorsOfNew(estate("front", "plant-room"), []), []);
  assert.deepEqual(doorsOfNew(estate("front", "plant-room"), ["front"]), ["front"]);
});

test("the door is not done while a room has none", () => {
  const estate = { spaces: [{ bookable: true, doors: ["front"] }, { id: "hall", bookable: true, doors: [] }, { bookable: false, doors: [] }], doors: [{}] } as never;
  assert.deepEqual(doorless(estate).map((one) => one.id), ["hall"]);
  assert.equal(nextStep({ estate, hours: true, online: true }, NO_PROGRESS), "door");
});

test("a week is read as it is typed, and a day without times is closed", () => {
  const week = [{ opens: "9", closes: "5pm" }, { opens: "", closes: " " }, { opens: "22:00", closes: "24:00" }];
  assert.deepEqual(readWeek(week), {
    pattern: [
      { weekday: 0, opens: "09:00", closes: "17:00", mode: "staffed" },
      { weekday: 2, opens: "22:00", closes: "24:00", mode: "staffed" },
    ],
    errors: {},
  });
  assert.deepEqual(Object.keys(readWeek([{ opens: "9", closes: "" }, { opens: "9", closes: "9:00" }]).errors), ["0", "1"]);
});

test("hours that a simple week cannot show are not taken for one", () => {
  assert.equal(isFiner([{ weekday: 0, mode: "staffed" }, { weekday: 1, mode: "staffed" }]), false);
  assert.equal(isFiner([{ weekday: 0, mode: "staffed" }, { weekday: 0, mode: "staffed" }]), true);
  assert.equal(isFiner([{ weekday: 0, mode: "extended" }]), true);
});

const ROOMS = [{ value: "hall", words: "Hall" }];
const POLICY = {
  ...{ version: 3, rules: [], windows: [{ tier: "community", days: 365, spaces: [] }], quotas: [], release: [], requests_hold: true },
  ...{ hold_hours: 72, notice_min: 120, offer_hours: 24, reminder_hour: null, lead_in_min: 15, lag_min: null },
};

test("a policy is read as sentences, and each changes its own part", () => {
  const all = policySentences(POLICY as never, ROOMS);
  const said = all.map((one) => one.text);
  for (const text of ["Community groups may book up to 1 year ahead.", "Partners may book as early as they like.", "What begins within 2 hours waits for you.", "Nobody is reminded."]) {
    assert.ok(said.includes(text), text);
  }
  const window = all.find((one) => one.key === "window partner")!;
  assert.deepEqual(window.save!({ days: 30 }).windows, [POLICY.windows[0], { tier: "partner", days: 30, spaces: [] }]);
  assert.deepEqual(all[0]!.save!({ days: null }).windows, []);
});

test("a rule says for whom, where and up to what it confirms", () => {
  const rule = { name: "Evenings", tiers: ["community"], spaces: ["hall"], modes: [], most_minutes: 180, most_days_ahead: null, most_people: 40, most_a_week: null, no_under_16s: true };
  assert.equal(ruleText(rule, () => "Hall"), "Confirmed at once (“Evenings”) for community groups in Hall: up to 3 hours, up to 40 people, nobody under 16.");
});

test("an open form changes its own rule also when another above it is removed", () => {
  const rule = { tiers: [], spaces: [], modes: [], most_minutes: 60, most_days_ahead: null, most_people: null, most_a_week: null, no_under_16s: false };
  const [a, b, c] = ["A", "B", "C"].map((name) => ({ ...rule, name }));
  const read = (...rules: unknown[]) => policySentences({ ...POLICY, rules } as never, ROOMS);
  const opened = read(a, b, c).find((one) => one.thing?.name === "B")!;
  assert.deepEqual(asOpened(opened, read(b, c)).save!({ most_minutes: 90 }).rules, [{ ...b, most_minutes: 90 }, c]);
  assert.throws(() => asOpened(opened, read(a, c)), /removed or renamed/);
  assert.throws(() => asOpened(opened, read({ ...b, most_people: 5 }, c)), Changed);
  const keys = read(a, a, b).map((one) => one.key);
  assert.equal(new Set(keys).size, keys.length);
});

test("an open form changes its own price also when another above it is removed", () => {
  const none = { version: 1, limits: [], discounts: [], allowances: [], cancelling: [], equipment: [] };
  const [a, b, c] = ["A", "B", "C"].map((name) => ({ name, hours: [], modes: [], layouts: [], per_hour_pence: 100, flat_pence: null, each_seat: false }));
  const read = (...rates: unknown[]) => tariffSentences({ ...none, rates } as never, ROOMS, []);
  const opened = read(a, b, c)[1]!;
  assert.deepEqual((asOpened(opened, read(b, c)).save!({ per_hour_pence: 200, hours: "" }).rates as { per_hour_pence: number }[]).map((one) => one.per_hour_pence), [200, 100]);
});

test("a price is read as a sentence, and its times are kept apart as they were", () => {
  const none = { version: 1, limits: [], discounts: [], allowances: [], cancelling: [], equipment: [] };
  const rate = { name: "Evening", hours: ["Mon-Fri 18:00-22:00", "Sat,Sun 09:00-17:00"], modes: [], layouts: [], per_hour_pence: 1850, flat_pence: null, each_seat: false, spaces: ["hall"] };
  const [one] = tariffSentences({ ...none, rates: [rate] }, ROOMS, []);
  assert.equal(one!.text, "Evening: £18.50 an hour in Hall, Mon-Fri 18:00-22:00, Sat,Sun 09:00-17:00.");
  assert.deepEqual(one!.save!(one!.thing!).rates, [rate]);
  assert.deepEqual(one!.remove, { rates: [] });
  assert.deepEqual(newRate({ ...none, rates: [] }, ROOMS).save!({ name: "Any", hours: "" }).rates, [{ name: "Any", hours: [] }]);
});

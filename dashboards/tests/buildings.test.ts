import assert from "node:assert/strict";
import { test } from "node:test";
import { type Field, idOf, listText, merged, readFields, valuesOf } from "../src/buildings/fields.ts";
import { bodyOf, namedText } from "../src/buildings/things.ts";
import { tariffEffectTexts, tariffParts, vatSentence } from "../src/buildings/prices.ts";
import { policyEffectTexts, policySentences, ruleText } from "../src/buildings/rules.ts";
import { asOpened, Changed, wordsOf } from "../src/buildings/sentence.ts";
import { publicText, tabletText } from "../src/buildings/settings.ts";
import { doorless, doorsOfNew, isOver, nextStep, NO_PROGRESS, openedSince } from "../src/buildings/setup.ts";
import { heard, tickOf, works } from "../src/buildings/wiring.ts";
import { layoutFields, layoutId, layoutThing, withLayout } from "../src/buildings/thingFields.ts";
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

test("a name that another has already is refused, however it is written", () => {
  const field = { ...FIELDS[0]!, taken: ["Main hall"] };
  assert.deepEqual(readFields([field], { name: "main  Hall" }).errors, { name: "There is “main  Hall” already. Give this one another name." });
  assert.deepEqual(readFields([field], { name: "Small hall" }).errors, {});
});

test("what is typed stays when somebody else changes the same thing, and their change is said", () => {
  const before = { name: "Hall", capacity: 100, price: 500, open: false, doors: [] };
  const now = { ...before, capacity: 80, price: 600, open: true };
  const typed = { ...valuesOf(FIELDS, before), capacity: "90", name: "Big hall" };
  const { values, changes } = merged(FIELDS, before, now, typed);
  assert.deepEqual([values.name, values.capacity, values.price, values.open], ["Big hall", "90", "6.00", true]);
  assert.deepEqual(changes, ["People: now “80”, before “100”; you have “90”.", "Price: now “6.00”, before “5.00”.", "Open: now ticked, before not ticked."]);
  assert.deepEqual(merged(FIELDS, before, now, { ...typed, capacity: "80" }).changes.length, 2);
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
  assert.deepEqual(after({ counters: [{ id: "c", door: "front", ins_today: 1, outs_today: 0, at: "t9" }] }), [["in", "Front door: the beams counted 1 in"]]);
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

const ROOMS = [{ value: "hall", words: "Hall" }];
const POLICY = {
  ...{ version: 3, rules: [], windows: [{ tier: "community", days: 365, spaces: [] }], quotas: [], release: [], requests_hold: true },
  ...{ hold_hours: 72, notice_min: 120, offer_hours: 24, reminder_hour: null, lead_in_min: 15, lag_min: null },
  ...{ codes: [], documents: [], induction: [], hire: null, member_age: 16, quiet_hours: "21:30-07:30", quiet_mail: false },
};
const LAYOUTS = [{ value: "theatre", words: "Theatre" }];
const CALLED = { room: wordsOf(ROOMS), party: wordsOf([{ value: "choir", words: "Choir" }]), layout: wordsOf(LAYOUTS) };
const policy = (change: object = {}) => policySentences({ ...POLICY, ...change } as never, ROOMS, CALLED);
const of = (key: string, change: object = {}) => [...policy(change).items, ...policy(change).additions].find((one) => one.key === key)!;

test("a policy is read as sentences, and each changes its own part", () => {
  const said = policy().items.map((one) => one.text);
  for (const text of ["Community groups may book up to 1 year ahead.", "Partners may book as early as they like.", "What begins within 2 hours waits for you.", "Nobody is reminded.", "Text messages that can wait do so from 21:30 to 07:30.", "Who has no account asks for nothing."]) {
    assert.ok(said.includes(text), text);
  }
  assert.deepEqual(of("window partner").save!({ days: 30 }).windows, [POLICY.windows[0], { tier: "partner", days: 30, spaces: [] }]);
  assert.deepEqual(policy().items[0]!.save!({ days: null }).windows, []);
  assert.deepEqual(of("hold_hours").save!({ requests_hold: false, hold_hours: null }), { requests_hold: false });
  assert.deepEqual(of("hire").save!({ on: true, terms: "Leave it tidy" }), { hire: { terms: "Leave it tidy" } });
  assert.deepEqual(of("hire").save!({ on: false }), { hire: null });
});

test("each sentence with a form says what is typed as it would then be read", () => {
  const change = {
    ...{ rules: [{ name: "R", tiers: [], spaces: [], modes: ["staffed"], most_minutes: null, most_days_ahead: 0, most_people: null, most_a_week: null, no_under_16s: false }] },
    ...{ quotas: [{ name: "Q", per: "week", most_bookings: 2, most_minutes: 600 }], release: [{ after_min: 30, warn_min: 10, check_in: true, spaces: ["hall"] }] },
    ...{ windows: [{ tier: "partner", days: 30, spaces: ["hall"] }, { tier: "partner", days: 365, spaces: [] }], codes: [{ per: "season", each_door: true, spaces: [] }] },
    ...{ documents: [{ kind: "insurance", name: "Insurance", needed: true, lapsing: "hold", tiers: ["commercial"] }], induction: [{ people: 2, spaces: [], tiers: [] }] },
    hire: { terms: "x", spaces: [], tier: "community", confirms: false, most_days_ahead: 90, most_waiting: 20 },
  };
  for (const one of policy(change).items.filter(({ fields }) => fields)) {
    const { body, errors } = readFields(one.fields!, valuesOf(one.fields!, one.thing!));
    assert.deepEqual(errors, {}, one.text);
    assert.equal(one.say!(body), one.text);
  }
  const said = policy(change).items.map((one) => one.text);
  for (const text of [
    "Partners may book Hall up to 30 days ahead.",
    "At most 2 bookings and 10 hours a week (“Q”).",
    "If nobody comes by code or checks in within 30 minutes of the start, the time is released in Hall; they are warned 10 minutes before that.",
    "All bookings of a group in a summer or a winter have one code, another at each door.",
    "Insurance has to be shown for businesses. When it has lapsed, new bookings wait for you.",
    "Who has no account may ask for any room up to 90 days ahead, as community groups; you decide on each.",
  ]) assert.ok(said.includes(text), text);
  const inHall = policy(change).items.find(({ text }) => text.startsWith("Partners may book Hall"))!;
  assert.deepEqual(inHall.remove!.windows, [change.windows[1]]);
  assert.deepEqual(inHall.save!({ days: 60 }).windows, [change.windows[1], { ...change.windows[0], days: 60 }]);
});

test("quiet hours are read as people type them", () => {
  const fields = of("quiet").fields!;
  const read = (quiet_hours: string) => readFields(fields, { quiet_hours, quiet_mail: false });
  assert.deepEqual([read("22 - 7am"), read("")].map((one) => one.body.quiet_hours), ["22:00-07:00", null]);
  assert.deepEqual([read("late"), read("9-9"), read("1-2-3")].map((one) => Object.keys(one.errors)), [["quiet_hours"], ["quiet_hours"], ["quiet_hours"]]);
});

test("a rule says for whom, where and up to what it confirms", () => {
  const rule = { name: "Evenings", tiers: ["community"], spaces: ["hall"], modes: [], most_minutes: 180, most_days_ahead: null, most_people: 40, most_a_week: null, no_under_16s: true };
  assert.equal(ruleText(rule, CALLED), "Confirmed at once (“Evenings”) for community groups in Hall: up to 3 hours, up to 40 people, nobody under 16.");
});

test("an open form changes its own rule also when another above it is removed", () => {
  const rule = { tiers: [], spaces: [], modes: [], most_minutes: 60, most_days_ahead: null, most_people: null, most_a_week: null, no_under_16s: false };
  const [a, b, c] = ["A", "B", "C"].map((name) => ({ ...rule, name }));
  const read = (...rules: unknown[]) => policy({ rules }).items;
  const opened = read(a, b, c).find((one) => one.thing?.name === "B")!;
  assert.deepEqual(asOpened(opened, read(b, c)).save!({ most_minutes: 90 }).rules, [{ ...b, most_minutes: 90 }, c]);
  assert.throws(() => asOpened(opened, read(a, c)), /removed or renamed/);
  assert.throws(() => asOpened(opened, read({ ...b, most_people: 5 }, c)), Changed);
  const keys = read(a, a, b).map((one) => one.key);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(opened.fields!.find(({ name }) => name === "name")!.taken, ["A", "C"]);
});

test("rules, limits and prices for single groups and layouts are read by their names and kept", () => {
  const rule = { name: "Ours", tiers: [], parties: ["choir"], spaces: [], modes: [], most_minutes: null, most_days_ahead: null, most_people: null, most_a_week: null, no_under_16s: false };
  const quota = { name: "Q", per: "week", tiers: ["community"], parties: ["choir"], spaces: [], most_bookings: 2, most_minutes: null };
  const rate = { name: "Show", hours: [], modes: [], per_hour_pence: 500, flat_pence: null, each_seat: false, tiers: [], parties: ["choir"], spaces: ["hall"], layouts: ["theatre"], vat: "standard" };
  const limits = prices({ rates: [rate], vat_percent: "20" })[0]!.all;
  const said = [...policy({ rules: [rule], quotas: [quota] }).items, ...limits].filter((one) => one.thing && "parties" in one.thing);
  assert.deepEqual(said.map((one) => one.text), [
    "Confirmed at once (“Ours”) for Choir.",
    "At most 2 bookings a week (“Q”) for Choir (only community groups).",
    "Show: £5.00 an hour for Choir in Hall laid out as Theatre, with VAT.",
  ]);
  for (const one of said) {
    const { body, errors } = readFields(one.fields!, valuesOf(one.fields!, one.thing!));
    assert.deepEqual([errors, { ...one.thing, ...body }], [{}, one.thing]);
  }
});

test("a layout has the minutes to change to it from each other one", () => {
  const layout = (id: string) => ({ id, name: id, capacity: null, setup_min: 0, cleardown_min: 0 });
  const changeovers = [{ from_layout: "a", to_layout: "b", minutes: 30 }, { from_layout: "b", to_layout: "a", minutes: 45 }];
  const room = { layouts: [layout("a"), layout("b"), layout("c")], changeovers, default_layout: "a" } as never;
  const fields = layoutFields(room, "b");
  const values = valuesOf(fields, layoutThing(room, "b"));
  assert.deepEqual([values["from-a"], values["from-c"]], ["30", ""]);
  const { body } = readFields(fields, { ...values, "from-a": "", "from-c": "10", capacity: "40" });
  assert.deepEqual(withLayout(room, "b", body), {
    layouts: [layout("a"), layout("c"), { ...layout("b"), capacity: 40 }],
    changeovers: [changeovers[1], { from_layout: "c", to_layout: "b", minutes: 10 }],
    default_layout: "a",
  });
});

test("a layout that somebody else added meanwhile stays as it is", () => {
  const layout = (id: string) => ({ id, name: id, capacity: null, setup_min: 0, cleardown_min: 0 });
  const seen = { layouts: [layout("a"), layout("b")], changeovers: [], default_layout: "a" };
  const fields = layoutFields(seen as never, "b");
  const { body } = readFields(fields, { ...valuesOf(fields, layoutThing(seen as never, "b")), capacity: "40" });
  const now = { ...seen, layouts: [...seen.layouts, layout("c"), layout("d")], changeovers: [{ from_layout: "c", to_layout: "b", minutes: 25 }] };
  const written = withLayout(now as never, layoutId(now as never, "b", "b"), body);
  assert.deepEqual(written.changeovers, now.changeovers);
  assert.deepEqual(written.layouts.map(({ id }) => id), ["a", "c", "d", "b"]);
});

test("a new layout never takes the place of one that somebody else added meanwhile", () => {
  const now = { layouts: [{ id: "easels", name: "Easels", capacity: 99 }], changeovers: [], default_layout: null } as never;
  assert.throws(() => layoutId(now, null, " easels"), /just added “ easels”/);
  assert.equal(layoutId(now, null, "Easels!"), "easels-2");
  assert.equal(layoutId(now, "easels", "Easels"), "easels");
});

test("what another policy would change is said in sentences", () => {
  const effect = { confirmed: { bookings: [{ title: "Choir" }], count: 1 }, exceeding: [{ text: "choir has 3 bookings" }], exceeding_count: 1, codes: { running_count: 0, coming_count: 2, windows: 1 } };
  assert.deepEqual(policyEffectTexts(effect), [
    "1 request that waits would be confirmed if made now: Choir.",
    "Choir has 3 bookings.",
    "2 bookings keep their codes, which the new rules would draw differently.",
    "The code of 1 booking opens at other times from then on.",
  ]);
  const none = { confirmed: { bookings: [], count: 0 }, exceeding: [], exceeding_count: 0, codes: { running_count: 0, coming_count: 0, windows: 0 } };
  assert.deepEqual(policyEffectTexts(none), ["No booking or request of now would be another."]);
});

const NO_PRICES = { version: 1, rates: [], limits: [], discounts: [], allowances: [], cancelling: [], equipment: [], vat: "exempt", vat_percent: null, gross: true };
const prices = (change: object) => tariffParts({ ...NO_PRICES, ...change } as never, ROOMS, [{ value: "stools", words: "Stools" }], LAYOUTS, CALLED);

test("an open form changes its own price also when another above it is removed", () => {
  const [a, b, c] = ["A", "B", "C"].map((name) => ({ name, hours: [], modes: [], layouts: [], per_hour_pence: 100, flat_pence: null, each_seat: false }));
  const read = (...rates: unknown[]) => prices({ rates })[0]!.all;
  const opened = read(a, b, c)[1]!;
  assert.deepEqual((asOpened(opened, read(b, c)).save!({ per_hour_pence: 200, hours: [] }).rates as { per_hour_pence: number }[]).map((one) => one.per_hour_pence), [200, 100]);
});

test("a price is read as a sentence, and its times are kept apart as they were", () => {
  const rate = { name: "Evening", hours: ["Mon-Fri 18:00-22:00", "Sat,Sun 09:00-17:00"], modes: [], layouts: [], per_hour_pence: 1850, flat_pence: null, each_seat: false, spaces: ["hall"], tiers: [], parties: [] };
  const [one] = prices({ rates: [rate] })[0]!.all;
  assert.equal(one!.text, "Evening: £18.50 an hour in Hall, Mon-Fri 18:00-22:00, Sat,Sun 09:00-17:00.");
  const { body } = readFields(one!.fields!, valuesOf(one!.fields!, one!.thing!));
  assert.deepEqual(one!.save!(body).rates, [rate]);
  assert.deepEqual(one!.remove, { rates: [] });
});

test("limits, free hours, discounts, equipment and charges for cancelling have forms that say what they write", () => {
  const typed: Record<string, [Record<string, unknown>, string]> = {
    limits: [{ name: "Shortest", minimum_minutes: "60", booking_cap_pence: "80" }, "Shortest: at least 1 hour, at most £80.00 a booking."],
    allowances: [{ name: "Residents", free_hours: "4", tiers: ["community"] }, "Residents: the first 4 hours of each party in a month are free for community groups."],
    discounts: [{ name: "Term", percent: "10", dates: "12" }, "Term: 10 % off from 12 dates on."],
    equipment: [{ equipment: "stools", per_use_pence: "1.50" }, "Stools: £1.50 each for a booking."],
    cancelling: [{ name: "Late", steps: "7: 50%, 14 days: 0 %" }, "Cancelling (“Late”): 14 days or more before: free; 7 days or more before: 50 %; later: 100 %. If nobody comes: 100 %."],
  };
  const made = Object.fromEntries(
    prices({}).flatMap(({ fresh }) => {
      const key = Object.keys(fresh.save!({}))[0]!;
      if (!typed[key]) return [];
      const values = { ...valuesOf(fresh.fields!, fresh.thing!), ...typed[key][0] } as never;
      const { body, errors } = readFields(fresh.fields!, values);
      assert.deepEqual(errors, {}, key);
      assert.equal(fresh.say!(body), typed[key][1]);
      return [[key, (fresh.save!(body)[key] as Record<string, unknown>[])[0]]];
    }),
  );
  assert.deepEqual(Object.keys(made).sort(), Object.keys(typed).sort());
  assert.equal(made.allowances!.id, "residents");
  assert.deepEqual(made.cancelling!.steps, [{ days: 14, percent: 0 }, { days: 7, percent: 50 }]);
});

test("a limit without any figure, and steps that cannot be read, say so at their fields", () => {
  const [, limit, , discount, , cancelling] = prices({}).map((one) => one.fresh);
  const errors = (one: typeof limit, typed: object) => readFields(one!.fields!, { ...valuesOf(one!.fields!, one!.thing!), name: "X", ...typed } as never).errors;
  assert.deepEqual(errors(limit, {}), { minimum_minutes: "Fill at least one of these four." });
  assert.deepEqual(errors(discount, { percent: "101" }), { percent: "Type a number from 1 to 100.", dates: "Give the dates or the hours." });
  assert.deepEqual(errors(cancelling, { steps: "two weeks" }), { steps: "Type days and per cent, such as 14 days: 0 %, 7 days: 50 %." });
});

test("value added tax is a sentence of its own", () => {
  assert.equal(vatSentence(NO_PRICES).text, "No VAT is charged.");
  assert.equal(vatSentence({ ...NO_PRICES, vat: "standard", vat_percent: "20.00" }).text, "VAT is 20 %. Prices hold it already.");
});

test("what new prices would change is said line by line", () => {
  const example = { space: "hall", tier: "community", starts: "a", ends: "b", before: "£20.00", after: "£24.00" };
  const none = { shifts: [], kept: 0, examples: [], overpriced_parts: [] };
  assert.deepEqual(tariffEffectTexts({ ...none, examples: [example], kept: 1 }, () => "Hall", () => "Thu 3 Dec, 18:00 to 20:00"), [
    "Hall, a community group, Thu 3 Dec, 18:00 to 20:00: £24.00; until now £20.00.",
    "1 confirmed booking keeps its price.",
  ]);
  assert.deepEqual(tariffEffectTexts(none, String, String), ["No usual booking would cost more or less."]);
});

test("the public page and the tablets say what they show", () => {
  assert.equal(publicText({ shown: false }, "Mill Hall"), "There is no page of Mill Hall, and none of its events is listed anywhere.");
  assert.match(publicText({ shown: true, in_use: true, access: "Lift", contact: "" }, "Mill Hall"), /what its rooms have, when rooms are taken and how to get in and about\.$/);
  assert.equal(tabletText({ tablet_names: true, tablet_end: true, tablet_book: false }), "“In use by Community choir until 20:00.” With its code one may check in, report a problem and end it early.");
});

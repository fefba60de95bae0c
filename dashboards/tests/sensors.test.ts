import assert from "node:assert/strict";
import { test } from "node:test";
import { batteryText, byRoom, holdText, isBatteryLow, linkText, type Sensor, valueText } from "../src/buildings/sensors.ts";
import { asideOf } from "../src/buildings/setAside.ts";

const sensor = (own: Partial<Sensor> = {}): Sensor => ({
  id: "one",
  edge: "pi",
  name: "hall/window",
  family: "zigbee2mqtt",
  space: null,
  first_at: "2026-11-25T11:00:00Z",
  heard_at: "2026-11-25T12:00:00Z",
  silent: false,
  readings: [],
  battery: null,
  battery_low: null,
  link: null,
  available: null,
  set_aside: {},
  replaced: 0,
  hold: null,
  version: 1,
  ...own,
});
const reading = (kind: string, value: number, unit = "") => valueText({ kind, value, unit, at: "2026-11-25T12:00:00Z" });

test("a value is said with its unit, and yes or no in words", () => {
  assert.equal(reading("temperature", 20.46, "°C"), "Temperature 20.5 °C");
  assert.equal(reading("co2", 1812, "ppm"), "CO₂ 1,812 ppm");
  assert.equal(reading("people", 3), "People 3");
  assert.deepEqual([reading("open", 0), reading("open", 1)], ["Closed", "Open"]);
  assert.equal(reading("radon", 12), "radon 12");
});

test("a battery or a link that nobody knows is not mentioned, and a low one is low in whatever way it is said", () => {
  assert.deepEqual([batteryText(sensor()), linkText(sensor())], ["", ""]);
  assert.deepEqual([batteryText(sensor({ battery: 0 })), isBatteryLow(sensor({ battery: 0 }))], ["Battery 0 %", true]);
  assert.deepEqual([batteryText(sensor({ battery_low: true })), isBatteryLow(sensor({ battery_low: true }))], ["Battery low", true]);
  assert.deepEqual([batteryText(sensor({ battery_low: false })), isBatteryLow(sensor({ battery: 87, battery_low: false }))], ["Battery not low", false]);
  const links = [sensor({ link: -67, family: "shelly" }), sensor({ link: 120 }), sensor({ link: 54, family: "tasmota" })].map(linkText);
  assert.deepEqual(links, ["Signal -67 dBm", "Signal 120 of 255", "Signal 54 %"]);
});

test("for how long a movement is held is said with how many spells taught it, and not while it is not learned", () => {
  assert.equal(holdText(sensor()), "");
  assert.equal(holdText({ hold: { seconds: 119.6, spells: 1214 } }), "Holds movement for 120 s, learned from 1,214 spells");
});

test("what was set aside is said by reason, also by one that only a newer device knows", () => {
  const found = asideOf(sensor({ set_aside: { malformed: 1, "out-of-bounds": 3, old: 0, strange: 2 } }));
  assert.equal(found.total, 6);
  assert.deepEqual(found.reasons, ["1 message could not be read", "3 values that no sensor in a room can measure", "strange: 2"]);
});

test("rooms are in the building's order, and one that is gone keeps its sensors", () => {
  const spaces = [{ id: "hall", name: "Main hall" }, { id: "attic", name: "Attic" }, { id: "studio", name: "Studio" }];
  const [one, two, three, four] = [null, "studio", "hall", "cellar"].map((space, n) => sensor({ id: `${n}`, space }));
  const found = byRoom([one!, two!, three!, four!], spaces);
  assert.deepEqual(found.unknown, [one]);
  assert.deepEqual(found.rooms.map(({ name, sensors }) => [name, sensors]), [["Main hall", [three]], ["Studio", [two]], ["cellar", [four]]]);
});

/** Sensors in rooms that an edge hears over MQTT, in words. Pure. */
import { LANGUAGE } from "../language.ts";

export interface Reading {
  kind: string;
  value: number;
  unit: string;
  at: string;
}
/** For how many seconds a movement sensor goes on saying movement after the last one, and from how many spells that is known. */
export interface Hold {
  seconds: number;
  spells: number;
}
/** A movement sensor on a pin; `zone`: its room. */
export interface Pir {
  id: string;
  edge: string;
  zone: string;
  hold: Hold | null;
}
/** `space`: null for no room yet; `set_aside`: how many messages and values, by reason. */
export interface Sensor {
  id: string;
  edge: string;
  name: string;
  family: string;
  space: string | null;
  first_at: string;
  heard_at: string;
  silent: boolean;
  readings: Reading[];
  battery: number | null;
  battery_low: boolean | null;
  link: number | null;
  available: boolean | null;
  set_aside: Record<string, number>;
  replaced: number;
  hold: Hold | null;
  version: number;
}
export interface RoomSensors {
  id: string;
  name: string;
  sensors: Sensor[];
}

const LOW_BATTERY = 10;
const MEASURED: Record<string, string> = /* words */ {
  temperature: "Temperature",
  humidity: "Humidity",
  co2: "CO₂",
  illuminance: "Light",
  sound: "Sound",
  pressure: "Air pressure",
  people: "People",
};
const FLAGS: Record<string, readonly [no: string, yes: string]> = /* words */ {
  motion: ["No movement", "Movement"],
  presence: ["Nobody there", "Somebody there"],
  open: ["Closed", "Open"],
  leak: ["Dry", "Water leak"],
  smoke: ["No smoke", "Smoke"],
  input: ["Switch off", "Switch on"],
};
const FAMILIES: Record<string, string> = { zigbee2mqtt: "Zigbee2MQTT", shelly: "Shelly", tasmota: "Tasmota", esphome: "ESPHome", wired: "GPIO, I²C, 1-Wire" };

/** "Temperature 20.5 °C", "Closed" */
export function valueText({ kind, value, unit }: Reading): string {
  const flag = FLAGS[kind];
  if (flag) return flag[value ? 1 : 0];
  return `${MEASURED[kind] ?? kind} ${value.toLocaleString(LANGUAGE, { maximumFractionDigits: 1 })}${unit && ` ${unit}`}`;
}

/** Empty for a sensor that does not say it, such as one with a mains supply. */
export function batteryText({ battery, battery_low }: Sensor): string {
  if (battery !== null) return `Battery ${Math.round(battery)} %`;
  return battery_low === null ? "" : battery_low ? "Battery low" : "Battery not low";
}

export function isBatteryLow({ battery, battery_low }: Sensor): boolean {
  return battery_low === true || (battery !== null && battery < LOW_BATTERY);
}

/** The link in the unit of its family. */
export function linkText({ link, family }: Sensor): string {
  if (link === null) return "";
  return link < 0 ? `Signal ${link} dBm` : family === "tasmota" ? `Signal ${link} %` : `Signal ${link} of 255`;
}

/** Empty while it is not learned. */
export function holdText({ hold }: { hold: Hold | null }): string {
  return hold ? `Holds movement for ${Math.round(hold.seconds)} s, learned from ${hold.spells.toLocaleString(LANGUAGE)} spells` : "";
}

export function familyText({ family }: Sensor): string {
  return FAMILIES[family] ?? family;
}

/** Those in no room, and the rooms that have some in the building's order; a room that is gone stands for itself. */
export function byRoom(sensors: readonly Sensor[], spaces: readonly { id: string; name: string }[]): { unknown: Sensor[]; rooms: RoomSensors[] } {
  const gone = [...new Set(sensors.map((one) => one.space).filter((id) => id !== null && !spaces.some((space) => space.id === id)))] as string[];
  const rooms = [...spaces, ...gone.map((id) => ({ id, name: id }))].map(({ id, name }) => ({ id, name, sensors: sensors.filter((one) => one.space === id) }));
  return { unknown: sensors.filter((one) => one.space === null), rooms: rooms.filter((one) => one.sensors.length) };
}

export function keyOf({ edge, id }: { edge: string; id: string }): string {
  return `${edge}.${id}`;
}

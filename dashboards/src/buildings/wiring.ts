/** What the inputs of a building's devices have just reported, by two snapshots one after the other. Pure. */
import type { Snapshot } from "../model.ts";

export interface Heard {
  key: string;
  text: string;
  /** Of a counter or a movement sensor its own id; empty where it is of none. */
  door: string;
  part: Part | Sensed | "";
  /** Of a contact: `open` or `closed`. */
  state?: string;
}
/** What is to be tried at each door. */
export const PARTS = ["button", "contact", "lock", "reader"] as const;
export type Part = (typeof PARTS)[number];
export const PART_NAMES: Record<Part, string> = { button: "Exit button", contact: "Door opens and shuts", lock: "Lock", reader: "Keypad or reader" };

/** What a counter or a movement sensor says. */
export type Sensed = "in" | "out" | "movement";

/** What was heard of a part, as it is kept: the list of what was heard is cut. */
export const tickOf = ({ door, part, state = "" }: Pick<Heard, "door" | "part" | "state">): string => `${door} ${part} ${state}`;

/** Whether a part works by what was heard of it; a contact by both of its states. */
export function works(ticks: ReadonlySet<string>, door: string, part: Part | Sensed): boolean {
  const states = part === "contact" ? ["open", "closed"] : [""];
  return states.every((state) => ticks.has(tickOf({ door, part, state })));
}

const READ = /: (opened with|refused|((a|\d+) )?(key|bit|character)s? at |\d+ wrong)/;

export function heard(before: Snapshot, after: Snapshot): Heard[] {
  const found: Heard[] = [];
  const nameOf = (id: string | null) => after.doors.find((one) => one.id === id)?.name ?? "";
  for (const door of after.doors) {
    const was = before.doors.find((one) => one.id === door.id);
    if (!was) continue;
    const at = door.at ?? after.at;
    if (was.contact !== door.contact && was.contact !== "unknown" && door.contact !== "unknown") {
      found.push({ key: `contact ${door.id} ${at} ${door.contact}`, door: door.id, part: "contact", state: door.contact, text: `${door.name}: the door is ${door.contact === "open" ? "open" : "shut"}` });
    }
    if (was.lock !== door.lock && was.lock !== "unknown" && door.lock !== "unknown") {
      found.push({ key: `lock ${door.id} ${at} ${door.lock}`, door: door.id, part: "lock", text: `${door.name}: the lock is ${door.lock}` });
    }
  }
  const known = new Set(before.recent.map((one) => one.at + one.text));
  for (const one of after.recent) {
    if (known.has(one.at + one.text)) continue;
    const door = after.doors.find(({ name }) => one.text.startsWith(`${name}: `));
    const pressed = one.text.includes(": request to exit");
    if (!pressed && !READ.test(one.text)) continue;
    found.push({ key: one.at + one.text, door: door?.id ?? "", part: pressed ? "button" : "reader", text: pressed ? `${door?.name ?? ""}: the exit button was pressed` : one.text });
  }
  for (const counter of after.counters) {
    const was = before.counters.find((one) => one.id === counter.id);
    const [ins, outs] = [(counter.ins_today ?? 0) - (was?.ins_today ?? 0), (counter.outs_today ?? 0) - (was?.outs_today ?? 0)];
    const where = nameOf(counter.door) || "A counter";
    const passed = (counter.passages_today ?? 0) - (was?.passages_today ?? 0);
    if (passed > 0) found.push({ key: `passed ${counter.id} ${counter.at}`, door: counter.id, part: "in", text: `${where}: the beam counted ${passed} in or out` });
    if (ins > 0) found.push({ key: `in ${counter.id} ${counter.at}`, door: counter.id, part: "in", text: `${where}: the beams counted ${ins} in` });
    if (outs > 0) found.push({ key: `out ${counter.id} ${counter.at}`, door: counter.id, part: "out", text: `${where}: the beams counted ${outs} out` });
  }
  for (const sensor of after.motion) {
    const was = before.motion.find((one) => one.id === sensor.id);
    if (was && !was.active && sensor.active) found.push({ key: `motion ${sensor.id} ${sensor.since}`, door: sensor.id, part: "movement", text: `Movement in ${sensor.zone}` });
  }
  for (const fire of after.fires) {
    if (!before.fires.some((one) => one.edge === fire.edge && one.state === fire.state)) found.push({ key: `fire ${fire.since}`, door: "", part: "", text: "The fire alarm's line says fire" });
  }
  return found;
}

/** The part of a device's configuration that names the pins of its doors; usual pins, in order. */
export function pinsText(doors: readonly { id: string }[]): string {
  const SETS = [
    { relay: 17, contact: 27, rex: 22, d0: 5, d1: 6 },
    { relay: 18, contact: 25, rex: 12, d0: 16, d1: 20 },
  ];
  return doors
    .map(({ id }, number) => {
      const pins = SETS[number];
      if (!pins) return `# ${id}: as above, on pins that are free`;
      return /* not words */ [
        "[[door]]",
        `id = "${id}"`,
        'lock = "strike"',
        'fail = "secure"',
        'feed = "open"',
        `relay = { pin = ${pins.relay} }`,
        `contact = { pin = ${pins.contact} }`,
        `rex = { pin = ${pins.rex} }`,
        "",
        "[[reader]]",
        'kind = "wiegand"',
        `id = "${id}-keypad"`,
        `door = "${id}"`,
        `d0 = ${pins.d0}`,
        `d1 = ${pins.d1}`,
      ].join("\n");
    })
    .join("\n\n");
}

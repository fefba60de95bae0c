/** The parts of a building: their fields, and how they are called. Pure. */
import type { Site } from "../model.ts";
import { listText } from "./fields.ts";

export interface Layout {
  id: string;
  name: string;
  capacity: number | null;
  setup_min: number;
  cleardown_min: number;
}
export interface Changeover {
  from_layout: string;
  to_layout: string;
  minutes: number;
}
export interface Thing {
  id: string;
  name: string;
  version: number;
}
export interface Room extends Thing {
  kind: "room" | "pool";
  capacity: number | null;
  pool_size: number | null;
  floor: string | null;
  description: string;
  step_free: boolean;
  default_layout: string | null;
  bookable: boolean;
  setup_min: number;
  cleardown_min: number;
  doors: string[];
  parts: string[];
  amenities: string[];
  layouts: Layout[];
  changeovers: Changeover[];
}
export interface Estate extends Site {
  organisation: string | null;
  version: number;
  floors: (Thing & { level: number })[];
  spaces: Room[];
  equipment: (Thing & { count: number; space: string | null })[];
  doors: (Thing & { edge: string; hold_s: number; code_length: number })[];
  edges: Thing[];
}
export type Kind = "floors" | "spaces" | "equipment" | "doors" | "edges";

export const NAMES: Record<Kind, string> = /* words */ { floors: "floor", spaces: "room", equipment: "equipment", doors: "door", edges: "device" };
/** What the API takes of a form: numbers that were left empty have their own meaning. */
export function bodyOf(kind: Kind, body: Record<string, unknown>): Record<string, unknown> {
  const taken = { ...body };
  for (const name of ["setup_min", "cleardown_min", "changeover_min"]) if (name in taken) taken[name] ??= 0;
  if (kind === "doors") taken.code_length = Number(taken.code_length ?? 6);
  if (kind === "spaces" && taken.kind === "pool") [taken.parts, taken.layouts, taken.default_layout] = [[], [], null];
  return taken;
}

/** What is to be known of a room, in words. */
export function roomFacts(room: Room, estate: Estate): string {
  const name = (id: string) => estate.doors.find((one) => one.id === id)?.name ?? id;
  const holds = room.kind === "pool" ? `${room.pool_size} places` : room.capacity === null ? "" : `${room.capacity} people`;
  const around = [room.setup_min ? `${room.setup_min} min to set up` : "", room.cleardown_min ? `${room.cleardown_min} min to clear down` : ""];
  return [holds, room.step_free ? "step-free" : "", room.doors.length ? `by ${listText(room.doors.map(name))}` : "no door", ...around]
    .filter(Boolean)
    .join(" · ");
}

/** The layouts of all rooms, each id once. */
export const layoutsOf = (estate: Estate): Layout[] => [...new Map(estate.spaces.flatMap((one) => one.layouts).map((one) => [one.id, one])).values()];

/** Rooms that are no part of another, by floor and name; then for each its parts. */
export function wholes(estate: Estate): Room[] {
  const parts = new Set(estate.spaces.flatMap((one) => one.parts));
  const level = (room: Room) => estate.floors.find((one) => one.id === room.floor)?.level ?? 1000;
  return estate.spaces.filter((one) => !parts.has(one.id)).sort((a, b) => level(a) - level(b) || a.name.localeCompare(b.name));
}

/** A sentence of the controller with the names of things instead of their ids: “edge shed-pi”, “door 'shed-door'”. */
export function namedText(text: string, estate: Estate): string {
  const things = [...estate.spaces, ...estate.doors, ...estate.edges, ...estate.floors, ...estate.equipment];
  return things.reduce(
    (said, { id, name }) => said.replaceAll(`'${id}'`, `“${name}”`).replace(new RegExp(`^(space|door|edge|floor|equipment) ${id} `), `“${name}” `),
    text,
  );
}

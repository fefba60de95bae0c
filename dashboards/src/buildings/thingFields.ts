/** The fields of the parts of a building. Pure. */
import { type Field, idOf, type Option, plain } from "./fields.ts";
import { AMENITY_WORDS, amenityText } from "./settings.ts";
import type { Changeover, Estate, Kind, Layout, Room } from "./things.ts";

const ANY_NAME: Field = { name: "name", text: "Name", needed: "Give it a name.", long: 200 };
const others = (things: readonly { id: string; name: string }[], id: string | null) => things.filter((one) => one.id !== id).map((one) => one.name);
const options = (things: readonly { id: string; name: string }[]): Option[] => things.map(({ id, name }) => ({ value: id, words: name }));
const NOISE: Option[] = [
  { value: "any", words: "Either" },
  { value: "quiet", words: "Quiet" },
  { value: "noisy", words: "Noisy is fine" },
];
const isPool = (values: { kind?: unknown }) => values.kind === "pool";

/** The usual ones, and those that any room of the building has. */
const amenityOptions = (estate: Estate): Option[] =>
  [...new Set([...Object.keys(AMENITY_WORDS), ...estate.spaces.flatMap((one) => one.amenities)])].sort().map((id) => ({ value: id, words: amenityText(id) }));

export const SITE_FIELDS: readonly Field[] = [
  { name: "name", text: "Name of the building", needed: "Give it a name." },
  { name: "address", text: "Address" },
  { name: "phone", text: "Phone", hint: "People who stand at the door see it." },
  { name: "zone", text: "Time zone", needed: "Give its time zone, such as Europe/London.", hint: "Such as Europe/London.", more: true },
  { name: "latitude", text: "Latitude", kind: "number", least: -90, most: 90, hint: "Such as 52.4486; for distances between buildings.", more: true },
  { name: "longitude", text: "Longitude", kind: "number", least: -180, most: 180, hint: "Such as -0.1043.", more: true },
];

/** The fields of a kind of thing; `id`: of the thing that is changed, null for a new one. */
export function fieldsOf(kind: Kind, estate: Estate, id: string | null): readonly Field[] {
  const spaces = estate.spaces.filter((one) => one.id !== id);
  const NAME: Field = { ...ANY_NAME, taken: others(estate[kind], id) };
  if (kind === "floors") {
    return [NAME, { name: "level", text: "Level", kind: "number", least: -20, most: 200, needed: "0 is the ground floor.", hint: "0 is the ground floor." }];
  }
  if (kind === "equipment") {
    return [
      { ...NAME, hint: "Such as “Chairs”." },
      { name: "count", text: "How many", kind: "number", needed: "Say how many there are." },
      { name: "space", text: "Where", kind: "choice", options: [{ value: "", words: "Any room: it can be carried" }, ...options(spaces)] },
    ];
  }
  if (kind === "edges") return [{ ...NAME, hint: "Such as “Pi by the front door”." }];
  if (kind === "doors") {
    return [
      { ...NAME, hint: "People read it in their messages: “Front door”." },
      { name: "edge", text: "Device that switches its lock", kind: "choice", options: options(estate.edges), needed: "Choose its device; add one first if there is none." },
      { name: "hold_s", text: "Seconds that it stays unlocked for somebody", kind: "number", least: 1, most: 300, needed: "Give the seconds." },
      { name: "held_after_s", text: "Seconds after which an open door is reported", kind: "number", least: 5, most: 86_400, needed: "Give the seconds.", more: true },
      { name: "code_length", text: "Digits of a booking's code", kind: "choice", options: options(["4", "5", "6", "7", "8"].map((n) => ({ id: n, name: n }))), more: true },
    ];
  }
  const room = estate.spaces.find((one) => one.id === id);
  return [
    NAME,
    {
      ...{ name: "kind", text: "How it is booked", kind: "choice" as const },
      options: [
        { value: "room", words: "As a room" },
        { value: "pool", words: "By the place, such as desks" },
      ],
    },
    { name: "pool_size", text: "Places", kind: "number", least: 1, most: 10_000, needed: "Say how many places there are.", when: isPool },
    { name: "capacity", text: "People it holds", kind: "number", hint: "Empty: not limited.", when: (values) => !isPool(values) },
    { name: "floor", text: "Floor", kind: "choice", options: [{ value: "", words: "Not said" }, ...options(estate.floors)] },
    { name: "doors", text: "Doors on the way in", kind: "many", options: options(estate.doors), hint: "A booking's code opens all of them." },
    { name: "parts", text: "Divides into", kind: "many", options: options(spaces), hint: "Booking the whole takes all of its parts.", when: (values) => !isPool(values) },
    ...(room?.layouts.length
      ? [{ name: "default_layout", text: "Usual layout", kind: "choice" as const, options: [{ value: "", words: "None" }, ...options(room.layouts)] }]
      : []),
    { name: "step_free", text: "Step-free", kind: "yes" },
    { name: "amenities", text: "It has", kind: "many", options: amenityOptions(estate), hint: "People look for these, and the public page lists them.", more: true },
    { name: "bookable", text: "It can be booked", kind: "yes" },
    { name: "setup_min", text: "Minutes to set up before each use", kind: "number", most: 1440, more: true },
    { name: "cleardown_min", text: "Minutes to clear down after it", kind: "number", most: 1440, more: true },
    { name: "share_buffers", text: "Bookings that follow each other share that time", kind: "yes", more: true },
    { name: "changeover_min", text: "Minutes from one layout to another", kind: "number", most: 1440, more: true },
    { name: "noise", text: "Noise", kind: "choice", options: NOISE, more: true },
    { name: "floor_area_m2", text: "Area in square metres", kind: "number", least: 0.1, most: 1_000_000, more: true },
    { name: "description", text: "Description", kind: "note", hint: "People read it when they look for a room.", more: true },
  ];
}

export const LAYOUT_FIELDS: readonly Field[] = [
  { ...ANY_NAME, hint: "Such as “Theatre”." },
  { name: "capacity", text: "People it holds so", kind: "number", hint: "Empty: as many as the room." },
  { name: "setup_min", text: "Minutes to set up", kind: "number", most: 1440 },
  { name: "cleardown_min", text: "Minutes to clear down", kind: "number", most: 1440 },
];

const from = (id: string) => `from-${id}`;

/** `inner`: the layout that is changed, null for a new one. Of each other one it is asked how long the change from it takes. */
export const layoutFields = (room: Room, inner: string | null): readonly Field[] => [
  ...LAYOUT_FIELDS.map((field) => (field.name === "name" ? { ...field, taken: others(room.layouts, inner) } : field)),
  ...room.layouts
    .filter(({ id }) => id !== inner)
    .map(({ id, name }): Field => ({ name: from(id), text: `Minutes to change to it from ${name}`, kind: "number", most: 1440, hint: "Empty: as long as from one layout to another in this room.", more: true })),
];

/** What the form of a layout begins with. */
export const layoutThing = (room: Room, inner: string | null): Record<string, unknown> => ({
  ...(room.layouts.find(({ id }) => id === inner) ?? { setup_min: 0, cleardown_min: 0 }),
  ...Object.fromEntries(room.changeovers.filter((one) => one.to_layout === inner).map((one) => [from(one.from_layout), one.minutes])),
});

/** What a form says where its name was free when it was opened. */
export const justAdded = (name: string) => `Somebody else has just added “${name}”. It is in the list now: give this one another name, or leave it.`;

/** The id of a layout as it is written, a new one where `inner` is null. Throws where another one has its name by now. */
export function layoutId(room: Room, inner: string | null, name: string): string {
  if (room.layouts.some((one) => one.id !== inner && plain(one.name) === plain(name))) throw new Error(justAdded(name));
  return inner ?? idOf(name, room.layouts.map((one) => one.id));
}

/**
 * The layouts and the changes between them that a room has with what is typed about the layout `id`. What the form did not
 * ask, since a layout is newer, stays as it is.
 */
export function withLayout(room: Room, id: string, body: Record<string, unknown>): Pick<Room, "layouts" | "changeovers" | "default_layout"> {
  const rest = room.layouts.filter((one) => one.id !== id);
  const { name, capacity, setup_min, cleardown_min } = body as unknown as Layout;
  const kept = (other: string) => room.changeovers.find((one) => one.from_layout === other && one.to_layout === id)?.minutes ?? null;
  const asked = (other: string) => (from(other) in body ? (body[from(other)] as number | null) : kept(other));
  const changes = rest.map((one) => ({ from_layout: one.id, to_layout: id, minutes: asked(one.id) }));
  return {
    layouts: [...rest, { id, name, capacity, setup_min: setup_min ?? 0, cleardown_min: cleardown_min ?? 0 }],
    changeovers: [...room.changeovers.filter((one) => one.to_layout !== id), ...changes.filter((one) => one.minutes !== null)] as Changeover[],
    default_layout: room.default_layout ?? id,
  };
}

/** What a new thing begins with. */
export const BLANK: Record<Kind, Record<string, unknown>> = {
  floors: { level: 0 },
  spaces: { kind: "room", bookable: true, setup_min: 0, cleardown_min: 0, share_buffers: true, changeover_min: 0, noise: "any" },
  equipment: { count: 1 },
  doors: { hold_s: 5, held_after_s: 60, code_length: 6 },
  edges: {},
};

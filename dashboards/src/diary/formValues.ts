/** The values of a booking form: as typed, as sent, and merged with what others have saved. Pure. */
import type { Booking, BookingCreate, Mode, Space } from "../model.ts";
import { clockOf, dayOf, fieldDay, HOUR, type Instant, minutesOf } from "../zone.ts";
import type { Span } from "./geometry.ts";

const TEXTS = ["title", "contact_name", "contact_phone", "contact_email", "notes", "key_holder"] as const;
/** Fields that hold a whole number, with the least that it can be. */
const NUMBERS = { people: 1, seats: 1, setup_min: 0, cleardown_min: 0 } as const;
type TextName = (typeof TEXTS)[number];
type NumberName = keyof typeof NUMBERS;
const NUMBER_NAMES = Object.keys(NUMBERS) as NumberName[];

/** What is in the fields, as it is typed. */
export interface FormValues extends Record<TextName | NumberName, string> {
  space: string;
  layout: string | null;
  date: string;
  from: string;
  to: string;
  party: string;
  /** The text in the field of the party. */
  party_name: string;
  under_16s: boolean;
  public: boolean;
  /** How many of each thing, by its id. */
  equipment: Readonly<Record<string, string>>;
}

/** The fields that hold text. */
export type TextKey = { [K in keyof FormValues]: FormValues[K] extends string ? K : never }[keyof FormValues];

/** What is sent, except the times. */
export type Details = Omit<BookingCreate, "starts" | "ends">;

export interface FieldError {
  field: string;
  text: string;
}

function record<K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;
}

/** A form with only room and time filled in. */
export function emptyForm(space: string, from: number, to: number, zone: string): FormValues {
  return {
    ...record([...TEXTS, ...NUMBER_NAMES], () => ""),
    space,
    layout: null,
    date: fieldDay(dayOf(from, zone)),
    from: clockOf(minutesOf(from, zone)),
    to: clockOf(minutesOf(to, zone)),
    party: "",
    party_name: "",
    under_16s: false,
    public: false,
    equipment: {},
  };
}

/** A booking as the form shows it. */
export function formOf(one: Booking, zone: string): FormValues {
  return {
    ...emptyForm(one.space, one.from, one.to, zone),
    ...record(TEXTS, (name) => one[name] ?? ""),
    ...record(NUMBER_NAMES, (name) => String(one[name] ?? "")),
    layout: one.layout,
    party: one.party ?? "",
    party_name: one.party_name ?? "",
    under_16s: one.under_16s,
    public: one.public,
    equipment: record(Object.keys(one.equipment), (id) => String(one.equipment[id])),
  };
}

/** A number from `least` on; null where nothing is written, NaN where it is no such number. */
function count(text: string, least: number): number | null {
  if (!text.trim()) return null;
  const n = Number(text);
  return Number.isInteger(n) && n >= least ? n : Number.NaN;
}

/** As it is sent. Numbers that cannot be read are NaN: see `fieldErrors`. */
export function detailsOf(form: FormValues): Details {
  const needed = Object.keys(form.equipment).filter((id) => count(form.equipment[id]!, 0));
  return {
    ...record(TEXTS, (name) => form[name].trim()),
    ...record(NUMBER_NAMES, (name) => count(form[name], NUMBERS[name])),
    space: form.space,
    layout: form.layout,
    party: form.party || null,
    under_16s: form.under_16s,
    public: form.public,
    equipment: record(needed.sort(), (id) => count(form.equipment[id]!, 0)!),
  };
}

/** Errors of details that cannot be read. */
export function fieldErrors(form: FormValues): FieldError[] {
  const found: FieldError[] = [];
  const wrong = (field: string, text: string) => found.push({ field, text });
  if (Number.isNaN(count(form.people, 1))) wrong("people", "Write the people as a whole number.");
  if (Number.isNaN(count(form.seats, 1))) wrong("seats", "Write the places as a whole number.");
  if (form.party_name.trim() && !form.party) wrong("party", "Choose one of the parties that are listed, make a new group of it, or leave this empty.");
  if (Number.isNaN(count(form.setup_min, 0))) wrong("setup_min", "Write the set-up in whole minutes.");
  if (Number.isNaN(count(form.cleardown_min, 0))) wrong("cleardown_min", "Write the clear-down in whole minutes.");
  for (const [id, text] of Object.entries(form.equipment))
    if (Number.isNaN(count(text, 0))) wrong(`equipment-${id}`, "Write how many as a whole number.");
  return found;
}

/** The details that differ from before. A change sends only these, so that it overwrites no change by others. */
export function changedFields(now: Details, before: Details): Partial<Details> {
  const names = Object.keys(now) as (keyof Details)[];
  return Object.fromEntries(names.filter((name) => !equal(now[name], before[name])).map((name) => [name, now[name]]));
}

/** The details that are filled in: a new booking sends only these. */
export function nonEmpty(details: Details): Partial<Details> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value && JSON.stringify(value) !== "{}"));
}

const NOT_CHECKED = ["contact_name", "contact_phone", "contact_email", "notes", "key_holder", "public"];

/** The part of a request that decides whether it can be booked: typing a title does not check it again. */
export function checkedFields<T extends object>(request: T): object {
  const kept = Object.entries(request).filter(([name]) => !NOT_CHECKED.includes(name));
  return { ...Object.fromEntries(kept), title: "-" };
}

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Fields that users see as one. */
const FIELD_GROUPS: readonly { fields: readonly (keyof FormValues)[]; name: string; told?: (to: FormValues, nameOf: (space: string) => string) => string }[] = [
  { fields: ["title"], name: "what it is for", told: (to) => `“${to.title}”` },
  { fields: ["space"], name: "room", told: (to, nameOf) => nameOf(to.space) },
  { fields: ["layout"], name: "layout" },
  { fields: ["date", "from", "to"], name: "time", told: (to) => `${to.date}, ${to.from} to ${to.to}` },
  { fields: ["people"], name: "people", told: (to) => to.people || "not said" },
  { fields: ["contact_name"], name: "name", told: (to) => to.contact_name || "none" },
  { fields: ["contact_phone"], name: "phone", told: (to) => to.contact_phone || "none" },
  { fields: ["contact_email"], name: "e-mail", told: (to) => to.contact_email || "none" },
  { fields: ["party", "party_name"], name: "for whom", told: (to) => to.party_name || "nobody in particular" },
  { fields: ["seats"], name: "places", told: (to) => to.seats || "not said" },
  { fields: ["notes"], name: "notes" },
  { fields: ["key_holder"], name: "key holder", told: (to) => to.key_holder || "none" },
  { fields: ["under_16s"], name: "under-16s", told: (to) => (to.under_16s ? "yes" : "no") },
  { fields: ["public"], name: "shown in public", told: (to) => (to.public ? "yes" : "no") },
  { fields: ["setup_min"], name: "set-up" },
  { fields: ["cleardown_min"], name: "clear-down" },
  { fields: ["equipment"], name: "equipment" },
];

export interface MergedForm {
  form: FormValues;
  /** What others have changed, as text. */
  theirs: string[];
  /** The names of fields that both have changed. */
  both: string[];
}

/** Merges the user's changes of `before` into what others have saved since. */
export function mergeForms(mine: FormValues, before: FormValues, now: FormValues, nameOf: (space: string) => string): MergedForm {
  const form: Record<string, unknown> = { ...now };
  const [theirs, both]: [string[], string[]] = [[], []];
  for (const { fields, name, told } of FIELD_GROUPS) {
    const differs = (a: FormValues, b: FormValues) => fields.some((field) => !equal(a[field], b[field]));
    const own = differs(mine, before);
    if (differs(now, before)) {
      theirs.push(told ? `${name} (now ${told(now, nameOf)})` : name);
      if (own && differs(mine, now)) both.push(name);
    }
    if (own) for (const field of fields) form[field] = mine[field];
  }
  return { form: form as unknown as FormValues, theirs, both };
}

const USUAL_OPENING_H = 10;

/** The default for a new booking: an hour in the first room, from now if the building is open, else from its opening. */
export function defaultSlot(spaces: readonly Space[], modes: readonly Mode[], day: Span, now: Instant): { space: string } & Span {
  const rooms = spaces.filter(({ bookable }) => bookable);
  const room = rooms.find(({ kind }) => kind === "room") ?? rooms[0] ?? spaces[0];
  const next = Math.ceil((now + 1) / HOUR) * HOUR;
  const open = modes.filter(({ mode }) => mode !== "closed").sort((a, b) => a.from - b.from);
  const fits = open.map(({ from, to }) => ({ from: Math.max(from, next), to })).find(({ from, to }) => to - from >= HOUR);
  const usual = day.from + USUAL_OPENING_H * HOUR;
  const from = fits?.from ?? Math.min(Math.max(usual, next), Math.max(day.to - HOUR, next));
  return { space: room?.id ?? "", from, to: from + HOUR };
}

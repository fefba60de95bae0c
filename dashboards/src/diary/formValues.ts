/** The values of a booking form: as typed, as sent, and merged with what others have saved. Pure. */
import type { Booking, BookingCreate, Mode, Space } from "../model.ts";
import { clockOf, dayOf, fieldDay, HOUR, type Instant, minutesOf } from "../zone.ts";
import type { Span } from "./geometry.ts";

/** As it is typed. */
export interface FormValues {
  title: string;
  space: string;
  layout: string | null;
  date: string;
  from: string;
  to: string;
  contact_name: string;
  contact_phone: string;
  contact_email: string;
  people: string;
  /** For whom it is: the party, and what stands in the field. */
  party: string;
  party_name: string;
  seats: string;
  notes: string;
  key_holder: string;
  under_16s: boolean;
  public: boolean;
  setup_min: string;
  cleardown_min: string;
  /** How many of what. */
  equipment: Readonly<Record<string, string>>;
}

/** The fields that hold text. */
export type TextKey = { [K in keyof FormValues]: FormValues[K] extends string ? K : never }[keyof FormValues];

/** What is sent, but for the times. */
export type Details = Omit<BookingCreate, "starts" | "ends">;

export interface FieldError {
  field: string;
  text: string;
}

/** A form with only room and time filled in. */
export function emptyForm(space: string, from: number, to: number, zone: string): FormValues {
  return {
    title: "",
    space,
    layout: null,
    date: fieldDay(dayOf(from, zone)),
    from: clockOf(minutesOf(from, zone)),
    to: clockOf(minutesOf(to, zone)),
    contact_name: "",
    contact_phone: "",
    contact_email: "",
    people: "",
    party: "",
    party_name: "",
    seats: "",
    notes: "",
    key_holder: "",
    under_16s: false,
    public: false,
    setup_min: "",
    cleardown_min: "",
    equipment: {},
  };
}

/** A booking as the form shows it. */
export function formOf(one: Booking, zone: string): FormValues {
  const text = (n: number | null) => (n === null ? "" : String(n));
  return {
    ...emptyForm(one.space, one.from, one.to, zone),
    title: one.title,
    layout: one.layout,
    contact_name: one.contact_name ?? "",
    contact_phone: one.contact_phone ?? "",
    contact_email: one.contact_email,
    people: text(one.people),
    party: one.party ?? "",
    party_name: one.party_name ?? "",
    seats: text(one.seats),
    notes: one.notes,
    key_holder: one.key_holder,
    under_16s: one.under_16s,
    public: one.public,
    setup_min: text(one.setup_min),
    cleardown_min: text(one.cleardown_min),
    equipment: Object.fromEntries(Object.entries(one.equipment).map(([id, n]) => [id, String(n)])),
  };
}

/** A number from 1 on; null where nothing is written, NaN where it is no such number. */
function count(text: string, least = 1): number | null {
  if (!text.trim()) return null;
  const n = Number(text);
  return Number.isInteger(n) && n >= least ? n : Number.NaN;
}

/** As it is sent. Numbers that cannot be read are NaN: see `fieldErrors`. */
export function detailsOf(form: FormValues): Details {
  const needed = Object.entries(form.equipment).flatMap(([id, text]) => {
    const n = count(text, 0);
    return n ? [[id, n] as const] : [];
  });
  return {
    space: form.space,
    layout: form.layout,
    title: form.title.trim(),
    contact_name: form.contact_name.trim(),
    contact_phone: form.contact_phone.trim(),
    contact_email: form.contact_email.trim(),
    people: count(form.people),
    party: form.party || null,
    seats: count(form.seats),
    notes: form.notes.trim(),
    key_holder: form.key_holder.trim(),
    under_16s: form.under_16s,
    public: form.public,
    setup_min: count(form.setup_min, 0),
    cleardown_min: count(form.cleardown_min, 0),
    equipment: Object.fromEntries(needed.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** What of the details cannot be read. */
export function fieldErrors(form: FormValues): FieldError[] {
  const found: FieldError[] = [];
  const wrong = (field: string, text: string) => found.push({ field, text });
  if (Number.isNaN(count(form.people))) wrong("people", "Write the people as a whole number.");
  if (Number.isNaN(count(form.seats))) wrong("seats", "Write the places as a whole number.");
  if (form.party_name.trim() && !form.party) wrong("party", "Choose one of the parties that are listed, make a new group of it, or leave this empty.");
  if (Number.isNaN(count(form.setup_min, 0))) wrong("setup_min", "Write the set-up in whole minutes.");
  if (Number.isNaN(count(form.cleardown_min, 0))) wrong("cleardown_min", "Write the clear-down in whole minutes.");
  for (const [id, text] of Object.entries(form.equipment))
    if (Number.isNaN(count(text, 0))) wrong(`equipment-${id}`, "Write how many as a whole number.");
  return found;
}

/** The details that differ from before: all that a change sends, so that it overwrites no change by others. */
export function changedFields(now: Details, before: Details): Partial<Details> {
  const names = Object.keys(now) as (keyof Details)[];
  return Object.fromEntries(names.filter((name) => !equal(now[name], before[name])).map((name) => [name, now[name]]));
}

/** The details that are filled in: what a new booking sends. */
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

/** Fields that are one thing to the person who fills them in. */
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
  /** What the others have changed, in words. */
  theirs: string[];
  /** What both have changed, by name. */
  both: string[];
}

/** What I have typed into a form opened on `before`, put onto what others have made of it since. */
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

/** An hour in the first room of a building: from now on while it is open that day, else as it opens. */
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

/** Forms by the description of their fields: what is typed, and what the API takes of it. Pure. */

export type Value = string | boolean | string[];
export type Values = Record<string, Value>;
export interface Option {
  value: string;
  words: string;
}

export interface Field {
  /** As in the API. */
  name: string;
  text: string;
  /** `text` unless given; `choice`: one of `options`, empty for none; `many`: some of them; `parties`: ids of groups and people. */
  kind?: "text" | "number" | "pounds" | "note" | "choice" | "many" | "parties" | "yes";
  hint?: string;
  options?: readonly Option[];
  /** Why it must not be empty. */
  needed?: string;
  /** Of a text: what it is in the API, or what is wrong with it as an `Error`; and the text of what the API has. */
  read?: (text: string) => unknown;
  show?: (value: never) => string;
  /** What others are called, which this one must not be. */
  taken?: readonly string[];
  /** Other fields of which one is enough. */
  unless?: readonly string[];
  /** The most characters of a text. */
  long?: number;
  /** Of a number. */
  least?: number;
  most?: number;
  /** Rarely needed, so that it is folded away. */
  more?: boolean;
  /** Whether it is asked for, by what is typed. */
  when?: (values: Values) => boolean;
}

/** What the fields begin with, of a thing from the API. */
export function valuesOf(fields: readonly Field[], thing: Record<string, unknown>): Values {
  return Object.fromEntries(
    fields.map(({ name, kind, show }): [string, Value] => {
      const value = thing[name];
      if (show && value !== null && value !== undefined) return [name, show(value as never)];
      if (kind === "yes") return [name, value === true];
      if (kind === "many" || kind === "parties") return [name, Array.isArray(value) ? value.map(String) : []];
      if (kind === "pounds" && typeof value === "number") return [name, (value / 100).toFixed(2)];
      return [name, value === null || value === undefined ? "" : String(value)];
    }),
  );
}

/** The API's fields, or what is wrong with them. */
export function readFields(fields: readonly Field[], values: Values): { body: Record<string, unknown>; errors: Record<string, string> } {
  const body: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const field of fields) {
    const { name, kind = "text", needed } = field;
    const value = values[name] ?? "";
    if (field.when && !field.when(values)) {
      if (kind === "number" || kind === "pounds") body[name] = null;
      continue;
    }
    const text = typeof value === "string" ? value.trim() : "";
    const enough = field.unless?.some((other) => String(values[other] ?? "").trim());
    if (needed && !enough && !text && !(Array.isArray(value) && value.length) && value !== true) errors[name] = needed;
    else if (text.length > (field.long ?? 20_000)) errors[name] = `Use at most ${(field.long ?? 20_000).toLocaleString("en-GB")} characters; it has ${text.length.toLocaleString("en-GB")}.`;
    else if (field.taken?.some((one) => plain(one) === plain(text))) errors[name] = `There is “${text}” already. Give this one another name.`;
    else if (field.read) {
      const read = field.read(text);
      if (read instanceof Error) errors[name] = read.message;
      else body[name] = read;
    } else if (kind === "number" || kind === "pounds") {
      const read = text ? numberOf(text, field) : null;
      if (typeof read === "string") errors[name] = read;
      else body[name] = read;
    } else if (kind === "choice") body[name] = text || null;
    else body[name] = typeof value === "string" ? text : value;
  }
  return { body, errors };
}

/** Names that differ in case or spaces alone are the same. */
export const plain = (name: string) => name.trim().replace(/\s+/g, " ").toLowerCase();

function numberOf(text: string, { kind, least = 0, most = 100_000 }: Field): number | string {
  const plain = text.replace(/^£\s*/, "").replace(/,(?=\d{3}\b)/g, "");
  if (kind === "pounds") {
    return /^\d{1,5}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : "Type an amount in pounds, such as 12.50.";
  }
  const value = /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
  return value >= least && value <= most ? value : `Type a number from ${least} to ${most.toLocaleString("en-GB")}.`;
}

/** Somebody else has changed what a form is about; `now`: as it is, undefined where it is gone. */
export class Overtaken extends Error {
  readonly now: Record<string, unknown> | undefined;
  constructor(now: Record<string, unknown> | undefined, message = "") {
    const said = now
      ? "Somebody else has changed it meanwhile, so nothing was saved. See what is different now; what you typed is still here. Save again to keep it."
      : "Somebody else has deleted it meanwhile, so nothing was saved. What you typed is still here: copy what you need, and leave this form.";
    super(message || said);
    this.now = now;
  }
}

/** What was typed, with what somebody else changed in fields that were not touched, and all that they changed in words. */
export function merged(
  fields: readonly Field[],
  before: Record<string, unknown>,
  now: Record<string, unknown>,
  typed: Values,
): { values: Values; changes: string[] } {
  const [was, is] = [valuesOf(fields, before), valuesOf(fields, now)];
  const same = (one?: Value, other?: Value) => JSON.stringify(one) === JSON.stringify(other);
  const theirs = fields.filter(({ name }) => !same(was[name], is[name]) && !same(is[name], typed[name]));
  const untouched = theirs.filter(({ name }) => same(was[name], typed[name]));
  return {
    values: { ...typed, ...Object.fromEntries(untouched.map(({ name }) => [name, is[name]!])) },
    changes: theirs.map((field) => {
      const yours = untouched.includes(field) ? "" : `; you have ${valueText(field, typed[field.name]!)}`;
      return `${field.text}: now ${valueText(field, is[field.name]!)}, before ${valueText(field, was[field.name]!)}${yours}.`;
    }),
  };
}

function valueText({ kind, options = [] }: Field, value: Value): string {
  const words = (one: string) => options.find((option) => option.value === one)?.words ?? one;
  if (typeof value === "boolean") return value ? "ticked" : "not ticked";
  if (Array.isArray(value)) return value.length ? listText(value.map(words)) : "none";
  return value === "" ? "empty" : `“${kind === "choice" ? words(value) : value}”`;
}

/** An id that nothing has yet, made of a name: “Café & bar” -> “cafe-bar”. */
export function idOf(name: string, taken: readonly string[]): string {
  const plain = name.normalize("NFKD").replace(/[\u0300-\u036f’']/g, "").toLowerCase();
  const id = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 36).replace(/-+$/, "") || "new";
  for (let number = 1; ; number++) {
    const found = number === 1 ? id : `${id}-${number}`;
    if (!taken.includes(found)) return found;
  }
}

/** “Hall”, “Hall and Studio”, “Hall, Studio and Café” */
export function listText(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A document of a site, such as its policy, as sentences that are changed one by one. Pure. */
import { type Field, listText, type Option, Overtaken, type Values } from "./fields.ts";

export type Body = Record<string, unknown>;
/** `fields` and `save`: of the form that changes it; left out where only a file does. `remove`: what is without it. */
export interface Sentence {
  key: string;
  text: string;
  fields?: readonly Field[];
  thing?: Body;
  save?: (body: Body) => Body;
  /** The sentence of what is typed. */
  say?: (body: Body) => string;
  remove?: Body;
  /** Buttons that change what is typed. */
  tools?: readonly { text: string; apply: (values: Values) => Values }[];
}
export interface Where {
  tiers?: string[];
  parties?: string[];
  spaces?: string[];
  layouts?: string[];
}
/** How a sentence calls what it has the ids of. */
export interface Called {
  room: (id: string) => string;
  party: (id: string) => string;
  layout: (id: string) => string;
}

export const TIERS: readonly Option[] = [
  { value: "community", words: "Community groups" },
  { value: "partner", words: "Partners" },
  { value: "council", words: "Council services" },
  { value: "commercial", words: "Businesses" },
];
export const MODES: readonly Option[] = [
  { value: "staffed", words: "while staff are there" },
  { value: "extended", words: "in members' hours" },
  { value: "closed", words: "while nobody is there" },
];
export const wordsOf = (options: readonly Option[]) => (value: string) => options.find((one) => one.value === value)?.words ?? value;
export const tierText = wordsOf(TIERS);
export const modeText = wordsOf(MODES);
export const pounds = (pence: number) => `£${(pence / 100).toFixed(2)}`;

/** ` for Choir (only community groups) in Hall laid out as Theatre`. */
export function whereText({ tiers = [], parties = [], spaces = [], layouts = [] }: Where, { room, party, layout }: Called): string {
  const whom = listText(parties.map(party));
  const groups = listText(tiers.map((one) => tierText(one).toLowerCase()));
  const said = [
    tiers.length && parties.length ? `for ${whom} (only ${groups})` : tiers.length || parties.length ? `for ${whom || groups}` : "",
    spaces.length ? `in ${listText(spaces.map(room))}` : "",
    layouts.length ? `laid out as ${listText(layouts.map(layout))}` : "",
  ];
  return said.filter(Boolean).map((one) => ` ${one}`).join("");
}

export const whereFields = (rooms: readonly Option[]): Field[] => [
  { name: "tiers", text: "For", kind: "many", options: TIERS, hint: "None: for all." },
  { name: "spaces", text: "Rooms", kind: "many", options: rooms, hint: "None: in every room." },
];
export const PARTIES: Field = { name: "parties", text: "Only for these groups or people", kind: "parties", hint: "None: for all." };

/** Keys that stay with the items when the list changes: a position would become the next one's. */
function keysOf(kind: string, list: readonly object[]): string[] {
  const names = list.map((one) => ("name" in one ? String(one.name) : JSON.stringify(one)));
  return names.map((name, at) => `${kind} ${names.slice(0, at).filter((other) => other === name).length} ${name}`);
}

/** One kind of a list in a document. */
export interface Part<T> {
  kind: string;
  /** What its button says, such as “New limit”. */
  added: string;
  fields: readonly Field[];
  say: (one: T) => string;
  /** What a new one has, besides what is asked for; by those that are there already. */
  blank?: (body: Body, list: readonly T[]) => Body;
}

/** The sentences of the list that a document has under `name`, and that of a new one. */
export function partOf<T extends object>(name: string, list: readonly T[], { kind, added, fields, say, blank = () => ({}) }: Part<T>): { all: Sentence[]; fresh: Sentence } {
  const keys = keysOf(kind, list);
  const unlike = (one?: T) => fields.map((field) => (field.name === "name" && field.taken ? { ...field, taken: list.filter((other) => other !== one).map((other) => String((other as Body).name)) } : field));
  return {
    all: list.map((one, at) => ({
      key: keys[at]!,
      text: say(one),
      fields: unlike(one),
      thing: { ...one } as Body,
      say: (body) => say({ ...one, ...body }),
      save: (body) => ({ [name]: list.map((other) => (other === one ? { ...one, ...body } : other)) }),
      remove: { [name]: list.filter((other) => other !== one) },
    })),
    fresh: {
      key: `new ${kind}`,
      text: added,
      fields: unlike(),
      thing: blank({}, list),
      say: (body) => say({ ...blank(body, list), ...body } as T),
      save: (body) => ({ [name]: [...list, { ...blank(body, list), ...body }] }),
    },
  };
}

/**
 * The sentence whose form is open, as it is now. Throws what the user has to know where it is no longer as it was when the
 * form began: nothing may be written over what is not shown.
 */
export function asOpened(opened: Sentence, items: readonly Sentence[]): Sentence {
  const now = items.find(({ key }) => key === opened.key);
  if (!now?.save) throw new Error("It was removed or renamed meanwhile, so nothing was saved. Look at the list, and leave this form.");
  if (JSON.stringify(now.thing) !== JSON.stringify(opened.thing)) throw new Changed(now);
  return now;
}

/** Somebody has changed what a form is about; `sentence`: as it is. */
export class Changed extends Overtaken {
  readonly sentence: Sentence;
  constructor(sentence: Sentence) {
    super(sentence.thing ?? {}, `It was changed meanwhile, and nothing was saved. It says now: “${sentence.text}” Save again to replace that by what you typed.`);
    this.sentence = sentence;
  }
}

/** Somebody else has written the document since it was read; it has been read again. */
export class Stale extends Error {
  constructor() {
    super("Somebody else has changed these meanwhile, and nothing was saved. The list shows how they are now: look at it, then try again.");
  }
}

/** Catalogues of words: gettext's PO files, one a language, in `words/` beside the source. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mo, po } from "gettext-parser";
import type { Message, Translate } from "./messages.ts";

export const FOLDER = join(import.meta.dirname, "..", "..", "words");
/** As CLDR orders them; a language has some of them, and its forms in a catalogue are in this order. */
const CATEGORIES = ["zero", "one", "two", "few", "many", "other"] as const;

const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"]);

/** The plural categories that a language has by CLDR, in the order of its forms. */
export function categories(language: string): string[] {
  const known: readonly string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return CATEGORIES.filter((one) => known.includes(one));
}

/** The rule of CLDR as gettext writes it, by the categories of the whole numbers from 0 to 999: `nplurals=2; plural=n != 1;`. */
export function pluralForms(language: string): string {
  const [rules, order] = [new Intl.PluralRules(language), categories(language)];
  const form = (n: number) => order.indexOf(rules.select(n));
  const forms = Array.from({ length: 1000 }, (_, n) => form(n));
  const often = order.map((_, at) => forms.filter((one) => one === at).length);
  // What is most frequent needs no test: Python takes no rule of more than 1000 letters.
  const rest = often.indexOf(Math.max(...often));
  // By the last two digits where that is enough from 100 on, as it is in most languages, and by the number below it.
  const low = forms.slice(0, 200);
  const tests = order.map((_, at) => {
    if (at === rest) return "";
    const spans: string[] = [];
    for (let n = 0; n < 100; n++) if (low[n] === at && low[n + 100] !== at) spans.push(`n==${n}`);
    for (let n = 100; n < 200; n++) if (low[n] === at) spans.push(`n%100==${n % 100}`);
    return spans.length ? `(${spans.join(" || ")}) ? ${at} : ` : "";
  });
  return `nplurals=${order.length}; plural=${tests.join("")}${rest};`;
}

export interface Found extends Message {
  files: Set<string>;
}

/** Many messages as the text of the catalogue in English, sorted; the same messages give the same text. */
export function englishText(found: Iterable<Found>): string {
  const entries = [...found].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, plural, files }) => ({
    msgid: id,
    ...(plural === undefined ? {} : { msgid_plural: plural }),
    msgstr: plural === undefined ? [""] : ["", ""],
    comments: { reference: [...files].sort().join("\n") },
  }));
  const headers = { Language: "en-GB", "Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=n != 1;" };
  return po.compile({ headers, translations: { "": Object.fromEntries(entries.map((one) => [one.msgid, one])) } }, { foldLength: 0 }).toString();
}

export interface Catalogue {
  language: string;
  direction: "ltr" | "rtl";
  translate: Translate;
  /** What the controller's own pages read. */
  compiled: Buffer;
}

/** Reads `words/cy.po` and the like; what has no translation there stays English. */
export function readCatalogue(language: string): Catalogue {
  const table = po.parse(readFileSync(join(FOLDER, `${language}.po`)));
  table.headers["Plural-Forms"] = pluralForms(language);
  const entries = table.translations[""]!;
  for (const one of Object.values(entries)) if (one.comments?.reference?.includes("controller/")) refusePlaces(one.msgid, one.msgid_plural, one.msgstr ?? []);
  const direction = RIGHT_TO_LEFT.has(new Intl.Locale(language).maximize().script ?? "") ? "rtl" : "ltr";
  return {
    language,
    direction,
    translate: ({ id }) => (entries[id]?.msgstr?.every(Boolean) ? entries[id].msgstr : null),
    compiled: compiled(table, language, direction),
  };
}

/** Throws where a translation of the controller's own pages has a place, or markup, that its source has not. */
export function refusePlaces(id: string, plural: string | undefined, said: readonly string[]): void {
  const parts = (text: string): string[] => text.match(/%(?:\(\w+\)s|%)?|<[^<>]*>/g) ?? [];
  const known = new Set([id, plural ?? ""].flatMap(parts));
  for (const text of said) {
    const strange = parts(text).find((one) => !known.has(one));
    if (strange) throw new Error(`there is no ${strange} to put into “${text}”`);
    const lost = text && parts(id).find((one) => one.startsWith("<") && !parts(text).includes(one));
    if (lost) throw new Error(`${lost} is missing in “${text}”`);
  }
}

function compiled(table: ReturnType<typeof po.parse>, language: string, direction: Catalogue["direction"]): Buffer {
  Object.assign(table.headers, { Language: language, "X-Direction": direction });
  return mo.compile(table);
}

/** Every message of `words/en.po` in the words that `make` gives; for the pseudo-locales. */
export function madeCatalogue(language: string, direction: Catalogue["direction"], make: (text: string) => string): Catalogue {
  const table = po.parse(readFileSync(join(FOLDER, "en.po")));
  for (const one of Object.values(table.translations[""]!)) {
    if (one.msgid) one.msgstr = [one.msgid, ...(one.msgid_plural === undefined ? [] : [one.msgid_plural])].map(make);
  }
  return {
    language,
    direction,
    translate: ({ id }) => table.translations[""]![id]?.msgstr ?? null,
    compiled: compiled(table, language, direction),
  };
}

/** Begins a catalogue, or brings it up to date: messages that are gone are dropped, new ones have no translation. */
export function writeTranslation(language: string): void {
  const english = po.parse(readFileSync(join(FOLDER, "en.po")));
  const file = join(FOLDER, `${language}.po`);
  let before: ReturnType<typeof po.parse> | null = null;
  try {
    before = po.parse(readFileSync(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const count = categories(language).length;
  for (const one of Object.values(english.translations[""]!)) {
    if (!one.msgid) continue;
    const known = before?.translations[""]?.[one.msgid];
    one.msgstr = known?.msgstr ?? Array.from({ length: one.msgid_plural === undefined ? 1 : count }, () => "");
    if (known?.comments?.translator) one.comments = { ...one.comments, translator: known.comments.translator };
  }
  english.headers = { ...before?.headers, Language: language, "Content-Type": "text/plain; charset=utf-8", "Plural-Forms": pluralForms(language) };
  writeFileSync(file, po.compile(english, { foldLength: 0 }));
}

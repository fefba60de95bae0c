/** Builds the pages in the words of a catalogue. The build in English does without: its words are those of the source. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { type Catalogue, categories } from "./catalogue.ts";
import { translated } from "./messages.ts";

const SOURCE = /\/dashboards\/(src\/.*\.(?:svelte|ts))$/;

export function inWordsOf({ language, direction, translate, compiled }: Catalogue, intl: string): Plugin {
  const said = (text: string) => translate({ id: text })?.[0] ?? text;
  let folder = "";
  return {
    name: "words",
    enforce: "pre",
    configResolved: ({ build }) => void (folder = build.outDir),
    transform(code, id) {
      const file = SOURCE.exec(id)?.[1];
      if (!file) return undefined;
      const { code: found } = translated(file, code, translate);
      return { code: file === "src/language.ts" ? ownLanguage(intl) : found, map: null };
    },
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html.replace('lang="en-GB"', `lang="${language}" dir="${direction}"`).replace(/(<noscript>)([^<]*)/, (_, tag: string, text: string) => tag + said(text)),
    },
    writeBundle() {
      writeFileSync(join(folder, "words.mo"), compiled);
    },
  };
}

/** `src/language.ts` in another language: a plural has one form for each of its categories. */
function ownLanguage(intl: string): string {
  return `
    export const LANGUAGE = ${JSON.stringify(intl)};
    const RULES = new Intl.PluralRules(LANGUAGE);
    const ORDER = ${JSON.stringify(categories(intl))};
    export function plural(n: number, ...forms: string[]): string {
      return forms[ORDER.indexOf(RULES.select(n))] ?? forms.at(-1)!;
    }
  `;
}

/** `node words/build.ts cy` builds the pages of `words/cy.po` into `languages/cy`; `pseudo` and `rtl` are for the tests. */
import { resolve } from "node:path";
import { build } from "vite";
import english from "../vite.config.ts";
import { madeCatalogue, readCatalogue } from "./catalogue.ts";
import { pseudo } from "./pseudo.ts";
import { inWordsOf } from "./translate.ts";

const ROOT = resolve(import.meta.dirname, "..");

for (const language of process.argv.slice(2)) {
  const made = language === "pseudo" ? madeCatalogue("en-XA", "ltr", pseudo) : language === "rtl" ? madeCatalogue("ar-XB", "rtl", pseudo) : null;
  await build({
    ...english,
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    plugins: [inWordsOf(made ?? readCatalogue(language), made ? "en-GB" : language), ...english.plugins!],
    build: { ...english.build, outDir: resolve(ROOT, "languages", language), emptyOutDir: true },
  });
}

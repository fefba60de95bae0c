/**
 * Writes `words/en.po`, all words of the pages, and brings the other languages there up to date. On standard input: the
 * messages of the controller's own pages, as `tools/words.py` sends them. `--check` says only whether it is up to date;
 * `--new cy` begins a language.
 */
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { englishText, FOLDER, type Found, writeTranslation } from "./catalogue.ts";
import { type Message, translated } from "./messages.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = /<noscript>([^<]*)/;

const found = new Map<string, Found>();

function add({ id, plural }: Message, file: string) {
  const known = found.get(id);
  if (plural !== undefined && known?.plural !== undefined && known.plural !== plural) throw new Error(`${file}: “${id}” has two plurals: “${plural}” and “${known.plural}”`);
  const files = known?.files ?? new Set<string>();
  const many = plural ?? known?.plural;
  found.set(id, { id, ...(many === undefined ? {} : { plural: many }), files: files.add(file) });
}

for (const file of globSync("src/**/*.{svelte,ts}", { cwd: ROOT }).sort()) {
  for (const one of translated(file, readFileSync(join(ROOT, file), "utf8"), () => null).messages) add(one, `dashboards/${file}`);
}
add({ id: PAGE.exec(readFileSync(join(ROOT, "index.html"), "utf8"))![1]! }, "dashboards/index.html");
for (const { file, ...one } of JSON.parse(readFileSync(0, "utf8") || "[]") as (Message & { file: string })[]) add(one, file);

const [file, text] = [join(FOLDER, "en.po"), englishText(found.values())];
const same = existsSync(file) && readFileSync(file, "utf8") === text;
const begin = process.argv.indexOf("--new");
if (process.argv.includes("--check")) {
  if (!same) console.error("words/en.po is not what the sources say: run `make words`, and commit it");
  process.exitCode = same ? 0 : 1;
} else {
  if (!same) writeFileSync(file, text);
  const languages = readdirSync(FOLDER).filter((name) => name.endsWith(".po") && name !== "en.po").map((name) => name.slice(0, -3));
  for (const one of begin < 0 ? languages : [...languages, process.argv[begin + 1]!]) writeTranslation(one);
  console.error(`words/en.po: ${found.size} messages`);
}

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const SOURCES = join(import.meta.dirname, "../src");

test("a page that is a sheet brings the style of one, also where it is the first that is opened", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".svelte"));
  const sheets = files.filter((name) => /class="page sheet/.test(readFileSync(join(SOURCES, name), "utf8")));
  assert.ok(sheets.includes(join("use", "Expected.svelte")));
  assert.deepEqual(sheets.filter((name) => !readFileSync(join(SOURCES, name), "utf8").includes('parts/form.css"')), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { againstFile, csvText, decoded, firstRows } from "../src/transfer/firstRows.ts";
import { KINDS, sampleOf } from "../src/transfer/kinds.ts";

const bytes = (...codes: number[]) => Uint8Array.from(codes);
const utf8 = (text: string) => new TextEncoder().encode(text);

test("the first rows know the line that each begins on, whatever is quoted", () => {
  const found = firstRows('title;notes\r\n"Choir; ""young""";"two\nlines"\r\n\r\nYoga;\r\n', 8);
  assert.deepEqual(found.header, ["title", "notes"]);
  assert.deepEqual(found.rows, [
    { line: 2, cells: ['Choir; "young"', "two\nlines"] },
    { line: 5, cells: ["Yoga", ""] },
  ]);
});

test("Excel's own line about the separator is no row", () => {
  const found = firstRows("sep=;\ntitle;people\nChoir;1,5\nYoga;8", 1);
  assert.deepEqual(found, { header: ["title", "people"], rows: [{ line: 3, cells: ["Choir", "1,5"] }] });
});

test("a file is decoded as the controller decodes it", () => {
  assert.equal(decoded(bytes(0xef, 0xbb, 0xbf, ...utf8("Zoë"))), "Zoë");
  assert.equal(decoded(bytes(0x5a, 0x6f, 0xeb)), "Zoë");
  assert.equal(decoded(bytes(0xff, 0xfe, 0x5a, 0, 0x6f, 0, 0xeb, 0)), "Zoë");
  const long = new Uint8Array(64 * 1024 + 1).fill(0x61);
  long.set(utf8("ë"), 64 * 1024 - 1); // cut in two
  assert.ok(!decoded(long).includes("\u00c3"));
});

test("a file that cannot be CSV says what to do instead", () => {
  assert.match(againstFile(bytes(0x50, 0x4b, 3, 4), "a.xlsx"), /a\.xlsx is a workbook, not CSV\. In Excel choose/);
  assert.match(againstFile(new Uint8Array(3_000_000).fill(0x61), "a.csv"), /a\.csv has 2\.9 MB; at most 2 MB/);
  assert.match(againstFile(bytes(), "a.csv"), /is empty/);
  assert.equal(againstFile(utf8("title\n"), "a.csv"), "");
});

test("a written file is read back as it was", () => {
  const rows = [
    ["title", "notes"],
    ['A "b", c', "x\r\ny"],
  ];
  const found = firstRows(csvText(rows).slice(1), 8);
  assert.deepEqual([found.header, found.rows[0]!.cells], [["title", "notes"], ['A "b", c', "x\r\ny"]]);
});

test("every sample has the columns that its kind needs", () => {
  const site = { id: "ramsey", name: "Ramsey", zone: "Europe/London", address: null, phone: null };
  for (const kind of KINDS) {
    const [header, ...rows] = sampleOf(kind.id, site, [], "2026-11-25");
    for (const column of kind.needed.split(", ")) assert.ok(header!.includes(column), `${kind.id}: ${column}`);
    for (const row of rows) assert.equal(row.length, header!.length);
  }
});

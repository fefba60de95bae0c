/** The beginning of a CSV file as people see it, before the controller reads all of it. Pure. */

export interface FirstRows {
  header: string[];
  /** `line`: where the row begins in the file, from 1. */
  rows: { line: number; cells: string[] }[];
}

export const LARGEST = 2 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

/** Why a file cannot be what is wanted, as far as its first bytes and its size say; empty if nothing does. */
export function againstFile(bytes: Uint8Array, name: string): string {
  if (!bytes.length) return `${name} is empty. Choose another file.`;
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    return `${name} is a workbook, not CSV. In Excel choose File, Save as, “CSV UTF-8”; in Google Sheets File, Download, CSV. Then choose that file.`;
  }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) return `${name} is an old Excel workbook. Open it, choose File, Save as, “CSV UTF-8”, and choose that file.`;
  if (bytes.length > LARGEST) return `${name} has ${megabytes(bytes.length)}; at most 2 MB can be imported at once. Save it in parts, each with the row of column names.`;
  return "";
}

/** "1.4 MB", "12 kB" */
export function megabytes(size: number): string {
  return size >= 1024 * 1024 ? `${(size / 1024 / 1024).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1024))} kB`;
}

/** Decodes as the controller does: by the mark, else UTF-8, else Windows-1252. */
export function decoded(bytes: Uint8Array): string {
  const head = bytes.subarray(0, HEAD_BYTES);
  const mark = head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "";
  if (mark) return new TextDecoder(mark).decode(head);
  try {
    // In a stream, so that a letter that is cut in two at the end is no fault.
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: bytes.length > head.length });
  } catch {
    return new TextDecoder("windows-1252").decode(head);
  }
}

/** The header and the first `most` rows that are not empty. */
export function firstRows(text: string, most: number): FirstRows {
  const named = /^sep=([,;\t])\r?\n?/.exec(text);
  const body = named ? text.slice(named[0].length) : text;
  const separator = named?.[1] ?? separatorOf(body);
  const found: FirstRows = { header: [], rows: [] };
  let line = named ? 2 : 1;
  let begun = line;
  let cells = [""];
  let quoted = false;
  const end = () => {
    const row = cells.map((cell) => cell.trim());
    if (row.some(Boolean)) {
      if (found.header.length) found.rows.push({ line: begun, cells: row });
      else found.header = row;
    }
    cells = [""];
    begun = line;
  };
  for (let at = 0; at < body.length && found.rows.length < most; at += 1) {
    const sign = body[at]!;
    if (sign === "\n") line += 1;
    if (quoted) {
      if (sign !== '"') cells[cells.length - 1] += sign;
      else if (body[at + 1] !== '"') quoted = false;
      else {
        cells[cells.length - 1] += sign;
        at += 1;
      }
    } else if (sign === '"' && !cells.at(-1)) quoted = true;
    else if (sign === separator) cells.push("");
    else if (sign === "\n") end();
    else if (sign !== "\r") cells[cells.length - 1] += sign;
  }
  if (found.rows.length < most) end();
  return found;
}

function separatorOf(text: string): string {
  const head = text.trimStart().split("\n", 1)[0]!.replaceAll('"', "");
  const count = (sign: string) => head.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

/** A CSV file that Excel reads: UTF-8 with a mark, a row a line. */
export function csvText(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

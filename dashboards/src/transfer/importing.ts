/** Sends a file to the controller, and follows how far it is. */
import { Refusal, send, Unreachable } from "../api.ts";
import type { Conflict } from "../model.ts";
import { csvText } from "./firstRows.ts";
import { importPath, type KindId } from "./kinds.ts";
import { request } from "./request.ts";

export interface ImportedLine {
  line: number;
  id: string;
  name: string;
  become: "added" | "changed" | "cancelled" | "unchanged" | "past" | "refused";
  changes: string[];
  faults: { column: string; why: string }[];
  conflicts: Conflict[];
  code: string;
}

export interface ImportAnswer {
  preview: boolean;
  written: boolean;
  added: number;
  changed: number;
  cancelled: number;
  unchanged: number;
  past: number;
  ended: number;
  refused: number;
  warnings: string[];
  lines: ImportedLine[];
}

export interface Far {
  done: number;
  of: number;
}

type Line = Far | ImportAnswer | (Partial<Refusal> & { status: number; type: string });

/** Raises `Refusal` or `Unreachable`, which leaves what is done by then as it is. */
export async function importFile(
  kind: KindId,
  site: string,
  body: BodyInit,
  query: Record<string, string>,
  far: (far: Far) => void,
  signal: AbortSignal,
): Promise<ImportAnswer> {
  const search = new URLSearchParams({ ...query, progress: "true" });
  // Without a key: an import that is sent again changes nothing, and a key would hold the answer back until the end.
  const answer = await request(`${importPath(kind, site)}?${search}`, {
    method: "POST",
    headers: { "Content-Type": "text/csv" },
    body,
    signal,
  });
  try {
    for await (const line of linesOf(answer)) {
      if ("lines" in line) return line;
      if ("status" in line) throw new Refusal(line.status, line, null);
      far(line);
    }
  } catch (thrown) {
    if (thrown instanceof Refusal || signal.aborted) throw thrown;
  }
  throw new Unreachable();
}

async function* linesOf(answer: Response): AsyncGenerator<Line> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + value).split("\n");
    rest = parts.pop()!;
    for (const part of parts) yield JSON.parse(part) as Line;
  }
  if (rest) yield JSON.parse(rest) as Line;
}

/** Takes back what an import has added. Answers how many could not be, and the first reason. */
export async function takeBack(
  kind: KindId,
  site: string,
  ids: readonly string[],
  far: (far: Far) => void,
): Promise<{ left: number; why: string }> {
  if (kind === "bookings") {
    const rows = csvText([["id", "status"], ...ids.map((id) => [id, "cancelled"])]);
    const done = await importFile(kind, site, rows, { take_back: "true" }, far, new AbortController().signal);
    return { left: done.refused, why: done.lines.find((one) => one.faults.length)?.faults[0]!.why ?? "" };
  }
  let left = ids;
  let why = "";
  // Again, as long as that helps: an organisation goes after its groups.
  for (let before = Infinity; left.length && left.length < before; ) {
    before = left.length;
    const kept: string[] = [];
    why = "";
    for (const [at, id] of left.entries()) {
      try {
        if (kind === "parties") await send("DELETE", `/parties/${id}`);
        else await send("POST", `/holders/${id}/end`, { reason: "Imported by mistake" });
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown;
        kept.push(id);
        why ||= thrown.message;
      }
      far({ done: at + 1, of: left.length });
    }
    left = kept;
  }
  return { left: left.length, why };
}

/** A closure with its decisions, as the API answers it. Pure. */
import { plural } from "../language.ts";

export interface Batch {
  id: string;
  reason: string;
  closure: string | null;
  override: string | null;
  actor: string;
  made_at: string;
  undo_until: string;
  moved: number;
  cancelled: number;
  /** What undoing it has done so far: whether it is open again, and how many bookings are back. */
  open_again: boolean;
  put_back: number;
  state: "running" | "finished" | "undoing" | "undone";
  /** Whether carrying it out, or undoing it, ended half way. */
  cut_short: boolean;
  /** While the controller that answers is at it: of how many bookings, and how many were dealt with. */
  planned: number | null;
  finished: number | null;
  /** Of the request that is just being carried out. */
  key: string | null;
}

export interface BatchDone extends Batch {
  done: { id: string; title: string }[];
  refused: { id: string; detail: string }[];
}

/** "3 bookings moved, 1 cancelled" */
export function batchText({ moved, cancelled }: Pick<Batch, "moved" | "cancelled">): string {
  const parts = [
    ...(moved ? [plural(moved, `${moved} booking moved`, `${moved} bookings moved`)] : []),
    ...(cancelled ? [moved ? `${cancelled} cancelled` : plural(cancelled, `${cancelled} booking cancelled`, `${cancelled} bookings cancelled`)] : []),
  ];
  return parts.join(", ");
}

/** What is undone, and what is not, where undoing it did not get to the end; else empty. */
export function undoneText(one: Batch): string {
  if (one.state === "undoing" ? !one.cut_short : !one.open_again && !one.put_back) return "";
  const closed = one.closure || one.override ? (one.open_again ? "it is open again, and " : "it is still closed, and ") : "";
  const all = one.moved + one.cancelled;
  return `It is undone only in part: ${closed}${plural(all, `${one.put_back} of ${all} booking is`, `${one.put_back} of ${all} bookings are`)} put back. “Undo it all” does the rest.`;
}

/** How far one's own batch is; null where the server is not at it. */
export function progressOf(items: readonly Batch[], mine: (one: Batch) => boolean): { planned: number; finished: number } | null {
  const one = items.find((each) => each.planned !== null && mine(each));
  return one ? { planned: one.planned!, finished: one.finished! } : null;
}

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
  state: "running" | "finished" | "undoing" | "undone";
  /** Whether carrying it out, or undoing it, ended half way. */
  cut_short: boolean;
  /** While the controller that answers is at it: of how many bookings, and how many were dealt with. */
  planned: number | null;
  finished: number | null;
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

/** Bookings that are moved or cancelled together: what is asked, and how the answer reads. Pure. */
import { plural } from "../language.ts";
import { type Booking, isBusyOnly } from "../model.ts";

/** "cancel", or the id of the room that they move to, after "to ". */
export type TogetherAct = "" | "cancel" | `to ${string}`;

export interface TogetherDecision {
  booking: string;
  version: number;
  decision: "move" | "cancel";
  target?: { site: string; space: string; starts: string; ends: string };
}

/** Whether something can be decided about it. */
export function choosable(one: Booking): boolean {
  return !isBusyOnly(one) && one.actions.includes("cancel");
}

export function decisionsOf(chosen: readonly Booking[], act: TogetherAct): TogetherDecision[] {
  return chosen.map(({ id, version, site, starts, ends }) =>
    act === "cancel"
      ? { booking: id, version, decision: "cancel" }
      : { booking: id, version, decision: "move", target: { site, space: act.slice(3), starts, ends } },
  );
}

/** "1 booking", "4 bookings" */
export function counted(n: number): string {
  return plural(n, `${n} booking`, `${n} bookings`);
}

/** What the server takes at once. */
const MOST = 500;
/** Moves in a second, as measured with 200 of them, rounded down. */
const A_SECOND = 25;

/** Why so many cannot be changed at once; empty if they can. */
export function tooMany(n: number): string {
  return n > MOST ? `At most ${MOST} bookings can be changed at once. Choose ${n - MOST} fewer, and do the rest after.` : "";
}

/** "Working…", with how long it may take where that is long. */
export function working(n: number): string {
  return n < 3 * A_SECOND ? "Working…" : `Working, for about ${Math.ceil(n / A_SECOND)} seconds…`;
}

/** What is charged. */
export function charged(act: TogetherAct): string {
  return act === "cancel"
    ? "Nothing is charged for what is cancelled."
    : "Each then costs what the new room costs, which may be more or less. Nothing is charged for the time given up.";
}

/** Bookings that are moved or cancelled together: what is asked, and how the answer reads. Pure. */
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
  return `${n} ${n === 1 ? "booking" : "bookings"}`;
}

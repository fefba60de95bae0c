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

/** Why so many cannot be changed at once; empty if they can. */
export function tooMany(n: number): string {
  return n > MOST ? `At most ${MOST} bookings can be changed at once. Choose ${n - MOST} fewer, and do the rest after.` : "";
}

const pounds = (pence: number) => (pence ? `£${(pence / 100).toFixed(2)}` : "nothing");

/** "costs £20.00 instead of £12.00"; empty where no charge is set. */
export function costText(before: number | null, after: number | null): string {
  if (after === null) return before === null ? "" : `no charge is set there; now ${pounds(before)}`;
  if (before === null) return `costs ${pounds(after)}; no charge was set`;
  return before === after ? `costs ${pounds(after)}, as now` : `costs ${pounds(after)} instead of ${pounds(before)}`;
}

export interface Foreseen {
  booking: { id: string };
  refused: string;
  before_pence: number | null;
  after_pence: number | null;
}

/** "All together cost £40.00 instead of £36.00."; empty where it changes nothing, and where no charge is set. */
export function sumText(items: readonly Foreseen[]): string {
  const priced = items.filter((one) => !one.refused && one.before_pence !== null && one.after_pence !== null);
  const sum = (of: (one: Foreseen) => number) => priced.reduce((total, one) => total + of(one), 0);
  const [before, after] = [sum((one) => one.before_pence!), sum((one) => one.after_pence!)];
  return before === after ? "" : `All together cost ${pounds(after)} instead of ${pounds(before)}.`;
}

/** What is charged. */
export function charged(act: TogetherAct): string {
  return act === "cancel"
    ? "Nothing is charged for what is cancelled."
    : "Each then costs what the new room costs, which may be more or less. Nothing is charged for the time given up.";
}

/** Moves a booking: shown immediately, then as the server saved it, with an undo. */
import { Refusal, send, errorText } from "../api.ts";
import { type Booking, toBooking, type WireBooking } from "../model.ts";
import { notices } from "../notices.svelte.ts";
import { dayOf, shortDay, span } from "../zone.ts";
import type { Span } from "./geometry.ts";
import type { DayStore } from "./dayStore.svelte.ts";

type Changed = (one: Booking) => void;

export async function moveBooking(dayStore: DayStore, changed: Changed, one: Booking, space: string, when: Span, overrule = false, undoing = false): Promise<void> {
  dayStore.put({ ...one, space, ...when });
  try {
    const body = {
      space,
      starts: new Date(when.from).toISOString(),
      ends: new Date(when.to).toISOString(),
      version: one.version,
      ...(overrule ? { overrule } : {}),
    };
    const moved = toBooking(await send<WireBooking>("PATCH", `/bookings/${one.id}`, body));
    changed(moved);
    const where = dayStore.space(moved.space)?.name ?? moved.space;
    const result = `${moved.title}: ${where}, ${shortDay(dayOf(moved.from, dayStore.zone))}, ${span(moved.from, moved.to, dayStore.zone)}.`;
    const undo = () => moveBooking(dayStore, changed, moved, one.space, { from: one.from, to: one.to }, false, true);
    notices.show(`${undoing ? "Moved back." : "Moved."} ${result}`, "ok", undoing ? null : undo);
  } catch (thrown) {
    dayStore.put(one);
    const names = thrown instanceof Refusal ? thrown.conflicts.map((other) => other.title).join(", ") : "";
    notices.show(`Not moved: ${names ? `clash with ${names}.` : errorText(thrown)}`, "bad");
  }
}

/** Moves a booking: shown at once as it is hoped for, then as the server has it, with an undo. */
import { Refusal, send, words } from "../api.ts";
import { type Booking, placed, type WireBooking } from "../model.ts";
import { voice } from "../voice.svelte.ts";
import { dayOf, shortDay, span } from "../zone.ts";
import type { Span } from "./grid.ts";
import type { Sheet } from "./sheet.svelte.ts";

type Changed = (one: Booking) => void;

export async function move(sheet: Sheet, changed: Changed, one: Booking, space: string, when: Span, undoing = false): Promise<void> {
  sheet.put({ ...one, space, ...when });
  try {
    const body = {
      space,
      starts: new Date(when.from).toISOString(),
      ends: new Date(when.to).toISOString(),
      version: one.version,
    };
    const moved = placed(await send<WireBooking>("PATCH", `/bookings/${one.id}`, body));
    changed(moved);
    const where = sheet.space(moved.space)?.name ?? moved.space;
    const result = `${moved.title}: ${where}, ${shortDay(dayOf(moved.from, sheet.zone))}, ${span(moved.from, moved.to, sheet.zone)}.`;
    const undo = () => move(sheet, changed, moved, one.space, { from: one.from, to: one.to }, true);
    voice.show(`${undoing ? "Moved back." : "Moved."} ${result}`, "ok", undoing ? null : undo);
  } catch (thrown) {
    sheet.put(one);
    const names = thrown instanceof Refusal ? thrown.conflicts.map((other) => other.title).join(", ") : "";
    voice.show(`Not moved: ${names ? `clash with ${names}.` : words(thrown)}`, "bad");
  }
}

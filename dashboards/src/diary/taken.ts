/** Why a booking or a series could not be written by now, in words. Pure. */
import { type Refusal, errorText } from "../api.ts";
import type { Conflict } from "../model.ts";
import { dayOf, shortDay, span } from "../zone.ts";

export function taken(thrown: Refusal, zone: string, nameOf: (space: string) => string): string {
  if (thrown.errors.length) {
    const dates = thrown.errors.map(({ field, message }) => `${shortDay(field)}: ${message}`);
    return `Nothing was saved. ${dates.join("; ")}. Choose again for these dates.`;
  }
  const clashes = thrown.reasons.filter(({ why }) => why === "clash").flatMap(({ conflicts }) => conflicts);
  const named = ({ title, space, starts, ends }: Conflict) => {
    const at = Date.parse(starts);
    return `${title}, ${shortDay(dayOf(at, zone))}, ${span(at, Date.parse(ends), zone)}, ${nameOf(space)}`;
  };
  return clashes.length ? `Just taken: ${clashes.map(named).join("; ")}.` : errorText(thrown);
}

/** What becomes of the time of a request, in words. Pure. */
import type { WireBooking } from "../model.ts";
import { type Instant, momentText } from "../zone.ts";

/** "holds no time", "holds its time until 18:00" */
export function holdText(one: WireBooking, zone: string, now: Instant): string {
  if (one.status === "requested") return "holds no time";
  if (one.status === "expired") return "its hold expired; its time stays reserved until somebody else wants it";
  const until = one.offer?.until ?? one.held_until;
  const how = one.offer ? "offered to the first on the waiting list" : "holds its time";
  return until ? `${how} until ${momentText(Date.parse(until), zone, now)}` : how;
}

/**
 * Bookings as an iCalendar file (RFC 5545). It holds no code: calendars are shared. Its events are those of the
 * subscriptions and the mails, so that a calendar has each once. Pure.
 */
import { isPending } from "../model.ts";
import type { OwnBooking } from "./ownBookings.ts";
import type { Instant } from "../zone.ts";

/** `address`: of the building of a booking. */
export function calendarFile(all: readonly OwnBooking[], address: (one: OwnBooking) => string, now: Instant): string {
  const events = all.flatMap((one) => [
    "BEGIN:VEVENT",
    `UID:${one.id}@hallkeeper`,
    `DTSTAMP:${stamp(now)}`,
    `SEQUENCE:${one.version - 1}`,
    `STATUS:${isPending(one) ? "TENTATIVE" : "CONFIRMED"}`,
    `DTSTART:${stamp(one.from)}`,
    `DTEND:${stamp(one.to)}`,
    `SUMMARY:${escaped(one.title)}`,
    `LOCATION:${escaped([one.space_name, one.site_name, address(one)].filter(Boolean).join(", "))}`,
    "END:VEVENT",
  ]);
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hallkeeper//My bookings//EN", ...events, "END:VCALENDAR"];
  return lines.map(folded).join("\r\n") + "\r\n";
}

/** "20261126T180000Z" */
function stamp(at: Instant): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
}

/** At most 75 bytes a line; what is longer goes on in the next one after a space. */
function folded(line: string): string {
  const size = new TextEncoder();
  let [out, used] = ["", 0];
  for (const letter of line) {
    const bytes = size.encode(letter).length;
    if (used + bytes > 75) [out, used] = [`${out}\r\n `, 1];
    out += letter;
    used += bytes;
  }
  return out;
}

/** Saves a text as a file of the user's. */
export function saveFile(name: string, text: string | Blob, type = "text/calendar"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** How a booking looks and sounds: words and icon first, colour second. */
import type { Booking } from "../model.ts";
import { isPending, STATUS_WORDS } from "../model.ts";
import type { IconName } from "../parts/shapes.ts";
import { type Day, span } from "../zone.ts";

export type Tone = "ok" | "warn" | "bad" | "info" | "plain" | "brand";

export interface Look {
  tone: Tone;
  icon: IconName;
  words: string;
}

export function look(one: Booking): Look {
  if (one.status === "cancelled")
    return one.still_opens.length
      ? { tone: "bad", icon: "warn", words: "Cancelled, code still opens" }
      : { tone: "plain", icon: "cross", words: STATUS_WORDS.cancelled };
  if (isPending(one)) return { tone: "warn", icon: "ask", words: STATUS_WORDS[one.status] };
  if (one.status === "declined" || one.status === "released" || one.status === "expired")
    return { tone: "plain", icon: "cross", words: STATUS_WORDS[one.status] };
  if (one.status === "no_show") return { tone: "plain", icon: "dash", words: STATUS_WORDS.no_show };
  if (one.status === "finished") return { tone: "plain", icon: "tick", words: STATUS_WORDS.finished };
  if (one.status === "arrived") return { tone: "ok", icon: "people", words: STATUS_WORDS.arrived };
  if (one.on_door.state === "on") return { tone: "brand", icon: "tick", words: "Code on the door" };
  if (one.on_door.state === "unreachable") return { tone: "warn", icon: "warn", words: "Door out of reach" };
  if (one.on_door.state === "waiting") return { tone: "warn", icon: "clock", words: "Code on its way" };
  return { tone: "brand", icon: "tick", words: STATUS_WORDS.confirmed };
}

/** What a screen reader says for a booking in the grid. */
export function spoken(one: Booking, zone: string, day: Day): string {
  const code = one.status === "confirmed" || one.still_opens.length ? `, ${one.on_door.text}` : "";
  return `${one.title}, ${span(one.from, one.to, zone, day)}, ${STATUS_WORDS[one.status]}${code}`;
}

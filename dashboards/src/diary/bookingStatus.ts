/** Status of a booking as text, icon and colour, and for screen readers. */
import { type Booking, type DoorState, isBusyOnly, type Status, STATUS_WORDS } from "../model.ts";
import type { IconName } from "../parts/icons.ts";
import { type Day, span } from "../zone.ts";

export type Tone = "ok" | "warn" | "bad" | "info" | "plain" | "brand";

export interface Badge {
  tone: Tone;
  icon: IconName;
  words: string;
}

/** By status; for a confirmed booking by the state of its code; `removing`: cancelled, and its code still opens. */
const BADGES: Partial<Record<Status | DoorState, [Tone, IconName, string?]>> = {
  requested: ["warn", "ask"],
  held: ["warn", "ask"],
  arrived: ["ok", "people"],
  finished: ["plain", "tick"],
  no_show: ["plain", "dash"],
  removing: ["bad", "warn", "Cancelled, code still opens"],
  on: ["brand", "tick", "Code on the door"],
  waiting: ["warn", "clock", "Code on its way"],
  unreachable: ["warn", "warn", "Door offline"],
};

export function bookingBadge(one: Booking): Badge {
  if (isBusyOnly(one)) return { tone: "plain", icon: "lock", words: statusText(one) };
  if (inClosure(one)) return { tone: "bad", icon: "warn", words: statusText(one) };
  const confirmed = one.status === "confirmed";
  const ended = one.still_opens.length && one.status === "cancelled" ? "removing" : one.status;
  const [tone, icon, words] = BADGES[confirmed ? one.on_door.state : ended] ?? (confirmed ? ["brand", "tick"] : ["plain", "cross"]);
  return { tone, icon, words: words ?? statusText(one) };
}

/** The status as text. */
export function statusText(one: Booking): string {
  if (isBusyOnly(one)) return "Not yours";
  return one.offer ? "On offer" : `${STATUS_WORDS[one.status]}${inClosure(one) ? ", but closed then" : ""}`;
}

/** Whether it is during a closure, and nobody has decided that it goes ahead. */
export function inClosure(one: Booking): boolean {
  return Boolean(one.affected_by?.some(({ cause, kept_at }) => cause === "closed" && !kept_at));
}

/** The accessible name of a booking in the grid. */
export function bookingLabel(one: Booking, zone: string, day: Day): string {
  const code = !isBusyOnly(one) && (one.status === "confirmed" || one.still_opens.length) ? `, ${one.on_door.text}` : "";
  const { from, to } = one.withBuffers;
  const around = from < one.from || to > one.to ? `, with set-up and clear-down ${span(from, to, zone, day)}` : "";
  return `${one.title}, ${span(one.from, one.to, zone, day)}, ${statusText(one)}${code}${around}`;
}

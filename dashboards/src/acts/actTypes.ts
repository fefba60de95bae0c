/** Acts by hand on doors and devices, and their texts. */
import { type Instant, instantOf, dayOf, dayPlus } from "../zone.ts";

export type Override = "hold_open" | "lock_down" | "out_of_service";
export type ActKind = "unlock" | Override | "self_test" | "recount" | "new_code";

/** An act to perform; without a kind the user chooses first. */
export interface ActRequest {
  kind: ActKind | null;
  door?: string;
  edge?: string;
}

export interface OverrideDoor {
  door: string;
  name: string;
  state: "on" | "waiting" | "unreachable" | "removing" | "gone";
  holds: boolean;
  text: string;
}

/** An override from the API; actor and reason are empty for users who may not see them. */
export interface OverrideRead {
  id: string;
  kind: Override;
  whole: boolean;
  starts: string;
  ends: string;
  reason: string;
  actor: string;
  ended_at: string | null;
  ended_by: string | null;
  doors: OverrideDoor[];
}

export interface Act {
  id: string;
  at: string;
  kind: string;
  where: string[];
  whole: boolean;
  until: string | null;
  reason: string;
  actor: string;
  outcome: "waiting" | "done" | "refused" | "expired" | "stands" | "ended" | "over";
  text: string;
}

/** `usual`: the controller's default. */
export interface Duration {
  minutes: number;
  words: string;
  usual?: boolean;
}

export const ACT_NAMES: Record<string, string> = {
  unlock: "Open once",
  hold_open: "Hold open",
  lock_down: "Lock down",
  out_of_service: "Out of service",
  self_test: "Self-test",
  restart: "Restart",
  recount: "Re-count",
  new_code: "New code",
  revoke: "Device revoked",
  keep_restored: "Kept as at the door",
  remove_restored: "Removed, as in the database",
};
export const EXPLANATIONS: Record<ActKind, string> = {
  unlock: "The door opens for one person, now, or not at all.",
  hold_open: "Anybody can come in until the end.",
  lock_down: "Codes and cards stop working, but for staff and key holders. People inside can still leave.",
  out_of_service: "Nobody comes in here, not even staff. People inside can still leave.",
  self_test: "Tests locks, readers, disk and clock. No door moves.",
  recount: "Sets the number of people inside to your count of the whole building. Footfall totals do not change.",
  new_code: "The booking gets another code at once. The old one stops working at each door once that door is updated.",
};
export const BUTTON_LABELS: Record<ActKind, string> = {
  unlock: "Open once",
  hold_open: "Hold open",
  lock_down: "Lock down",
  out_of_service: "Take out of service",
  self_test: "Test now",
  recount: "Set the count",
  new_code: "Give a new code",
};
/** Suggested reasons before the site has any of its own. */
export const USUAL_REASONS: Record<ActKind, readonly string[]> = {
  unlock: ["Code does not work", "Delivery", "Key forgotten"],
  hold_open: ["Event, people come and go", "Moving furniture"],
  lock_down: ["Danger outside", "Police ask for it", "Drill"],
  out_of_service: ["Lock is broken", "Glass is broken", "Building work at the door"],
  self_test: ["Routine check", "A door does not open"],
  recount: ["Counted by hand"],
  new_code: ["Code was passed on", "Code was seen by others"],
};
export const DURATIONS: Record<Override, readonly Duration[]> = {
  hold_open: [
    { minutes: 30, words: "30 minutes" },
    { minutes: 60, words: "1 hour", usual: true },
    { minutes: 120, words: "2 hours" },
    { minutes: 240, words: "4 hours" },
  ],
  lock_down: [
    { minutes: 60, words: "1 hour" },
    { minutes: 240, words: "4 hours", usual: true },
    { minutes: 720, words: "12 hours" },
    { minutes: 1440, words: "24 hours" },
  ],
  out_of_service: [
    { minutes: 240, words: "4 hours" },
    { minutes: 1440, words: "1 day", usual: true },
    { minutes: 10080, words: "7 days" },
  ],
};

export function isOverride(kind: ActKind | null): kind is Override {
  return kind === "hold_open" || kind === "lock_down" || kind === "out_of_service";
}

/** The next instant at which the site's clock shows "18:00" or "1800"; null for an invalid time. */
export function nextTime(text: string, zone: string, now: Instant): Instant | null {
  const found = /^\s*(\d{1,2})[:.]?(\d{2})\s*$/.exec(text);
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  if (hours > 23 || minutes > 59) return null;
  const today = dayOf(now, zone);
  for (const day of [today, dayPlus(today, 1), dayPlus(today, 2)]) {
    const at = instantOf(day, hours * 60 + minutes, zone);
    if (at !== null && at > now) return at;
  }
  return null;
}

/** The latest reasons of acts of a kind, then the usual ones; each once, ignoring case. */
export function suggestedReasons(kind: ActKind, acts: readonly Act[]): string[] {
  const own = acts.filter((one) => one.kind === kind && one.reason).map((one) => one.reason);
  const once = new Map<string, string>();
  for (const one of [...own, ...USUAL_REASONS[kind]]) if (!once.has(one.toLowerCase())) once.set(one.toLowerCase(), one);
  return [...once.values()].slice(0, 5);
}

/** The result text once every reachable door has answered. */
export function overrideResult(kind: Override, doors: readonly OverrideDoor[]): { text: string; tone: "ok" | "bad" } {
  const cut = doors.filter((one) => one.state !== "on");
  const name = ACT_NAMES[kind]!;
  if (!cut.length) return { text: `${name}: done at ${doors.length === 1 ? doors[0]!.name : `all ${doors.length} doors`}.`, tone: "ok" };
  return { text: `${name}: ${cut.map((one) => `${one.name} is ${one.text}`).join(". ")}.`, tone: "bad" };
}

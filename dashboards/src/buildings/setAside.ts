/** What was set aside of a sensor, in words. Pure. */
import { plural } from "../language.ts";
import type { Sensor } from "./sensors.ts";

const ASIDE: Record<string, (n: number) => string> = {
  malformed: (n) => plural(n, "1 message could not be read", `${n} messages could not be read`),
  "not-a-number": (n) => plural(n, "1 word came in place of a value", `${n} words came in place of values`),
  "out-of-bounds": (n) => plural(n, "1 value that no sensor in a room can measure", `${n} values that no sensor in a room can measure`),
  "unknown-unit": (n) => plural(n, "1 value in a unit that cannot be right", `${n} values in a unit that cannot be right`),
  "sensor-fault": (n) => plural(n, "once it said that it cannot measure", `${n} times it said that it cannot measure`),
  old: (n) => plural(n, "1 old message that the broker had kept", `${n} old messages that the broker had kept`),
  "too-many": (n) => plural(n, "1 message with values of too many sensors", `${n} messages with values of too many sensors`),
};

/** How many values and messages were set aside, and of each reason. */
export function asideOf({ set_aside }: Sensor): { total: number; reasons: string[] } {
  const found = Object.entries(set_aside).filter(([, n]) => n > 0);
  return { total: found.reduce((sum, [, n]) => sum + n, 0), reasons: found.map(([why, n]) => ASIDE[why]?.(n) ?? `${why}: ${n}`) };
}

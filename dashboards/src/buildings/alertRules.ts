/** The rules of a site's alerts: which times may be chosen, and what a preview says. Pure. */
import { plural } from "../language.ts";
import { type Instant, momentText } from "../zone.ts";

/** As the controller answers it; times in seconds. */
export interface AlertRule {
  code: string;
  severity: "danger" | "serious" | "minor";
  hint: string;
  off: boolean;
  raise_after_s: number;
  clear_after_s: number;
  set_here: boolean;
  may_be_off: boolean;
  usual_raise_s: number;
  longest_raise_s: number;
  usual_clear_s: number;
  longest_clear_s: number;
}

/** What somebody sets for a code. */
export type Setting = Pick<AlertRule, "off" | "raise_after_s" | "clear_after_s">;

export interface Ring {
  code: string;
  text: string;
  at: string;
  lasted_s: number | null;
}

export interface Preview {
  since: string;
  whole: boolean;
  times: number;
  as_now: number;
  codes: { code: string; times: number; as_now: number }[];
  rings: Ring[];
}

const STEPS = [0, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600];

/** “10 s”, “5 min”, “1 h”. */
export function lengthText(seconds: number): string {
  if (!seconds) return "at once";
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 ? `${seconds} s` : `${seconds / 60} min`;
}

/** The times from the usual one to the longest, and the one that is set. */
export function choices(usual: number, longest: number, set: number): { value: string; words: string }[] {
  const all = [...new Set([usual, longest, set, ...STEPS])].filter((one) => usual <= one && one <= longest).sort((a, b) => a - b);
  return all.map((one) => ({ value: String(one), words: one === usual ? `${lengthText(one)} (as usual)` : lengthText(one) }));
}

export const settingOf = ({ off, raise_after_s, clear_after_s }: Setting): Setting => ({ off, raise_after_s, clear_after_s });

export const isUsual = (rule: AlertRule, set: Setting): boolean =>
  !set.off && set.raise_after_s === rule.usual_raise_s && set.clear_after_s === rule.usual_clear_s;

/** “would have rung 3 times in the last 30 days; with the rules in force 17 times”. */
export function previewText({ times, as_now }: Pick<Preview, "times" | "as_now">): string {
  const rung = (n: number) => (n ? plural(n, `${n} time`, `${n} times`) : "not once");
  return `They would have rung ${rung(times)} in the last 30 days; with the rules in force ${rung(as_now)}.`;
}

/** “14:02, for 5 min”. */
export function ringText(ring: Ring, zone: string, now: Instant): string {
  const at = momentText(Date.parse(ring.at), zone, now);
  if (ring.lasted_s === null) return `${at}, and still`;
  if (ring.lasted_s < 60) return `${at}, for ${ring.lasted_s} s`;
  const minutes = Math.round(ring.lasted_s / 60);
  return minutes < 120 ? `${at}, for ${minutes} min` : `${at}, for ${Math.round(minutes / 60)} h`;
}

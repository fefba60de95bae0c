/** What the wall shows: the buildings that need somebody, the most urgent first. Pure. */
import { plural } from "../language.ts";
import type { SiteAlert } from "../now/otherSiteAlerts.svelte.ts";
import { HOUR, type Instant, MINUTE } from "../zone.ts";

/** Each code in few words, the most serious first, as the controller has them. */
const WHAT: Record<string, string> = /* words */ {
  fire: "Fire alarm",
  duress: "Duress",
  intruder: "Intruder alarm",
  fire_latched: "Doors still released",
  forced: "Door forced open",
  present: "Somebody inside while closed",
  over_capacity: "Too many people inside",
  glass: "Break glass is broken",
  held: "Door held open",
  left_unlocked: "Door left unlocked",
  not_secured: "Not secured",
  withheld: "Alarm does not set",
  fault: "Fault",
  let_ins: "People let in",
  lockout: "Door takes no codes",
  tablet_lockout: "Wrong codes at tablet",
  offline: "Pi offline",
  clock: "Clock not trusted",
  edge_clock: "Pi's clock was wrong",
  backlog: "Events do not arrive",
  disk: "Disk nearly full",
  backup: "Backups need somebody",
  certificate: "Certificate ends soon",
  unknown_plan: "Unknown plan",
  plan_refused: "Plan refused",
  restored: "Restored: decide",
  update: "Update has stopped",
  co2: "Stale air",
  sensor_battery: "Sensor's battery low",
  sensor_silent: "Sensor is silent",
  new_log: "New event log",
  events_gone: "Events are lost",
  unstorable: "Events set aside",
  broker_filled: "Broker filled",
};
const ORDER = Object.keys(WHAT);
const SEVERITIES = ["danger", "serious", "minor"] as const;
export const SEVERITY_WORDS = /* words */ { danger: "Danger", serious: "Serious", minor: "Minor" } as const;
/** What came later than those that we know is shown in the controller's own words. */
export const whatText = (one: Pick<SiteAlert, "kind" | "text">): string => WHAT[one.kind] ?? one.text;

/** Whether it still needs somebody: it holds, nobody has seen it, and it is not snoozed. */
export const calls = (one: SiteAlert, now: Instant): boolean =>
  !one.over_since && !one.acknowledged_at && !(one.snoozed_until && Date.parse(one.snoozed_until) > now);

/** A building that needs somebody, by its most urgent alert; `more`: how many others it has. */
export interface Place {
  site: string;
  name: string;
  worst: SiteAlert;
  more: number;
}

const since = (one: SiteAlert): number => (one.at ? Date.parse(one.at) : 0);

/** The most serious first; of equal ones the one that has waited longest. */
function compare(a: SiteAlert, b: SiteAlert): number {
  const known = (one: SiteAlert) => (ORDER.indexOf(one.kind) + ORDER.length) % ORDER.length;
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || known(a) - known(b) || since(a) - since(b) || a.site_name.localeCompare(b.site_name);
}

export function places(alerts: readonly SiteAlert[], now: Instant): Place[] {
  const found = new Map<string, Place>();
  for (const one of alerts.filter((each) => calls(each, now)).sort(compare)) {
    const before = found.get(one.site);
    if (before) before.more += 1;
    else found.set(one.site, { site: one.site, name: one.site_name, worst: one, more: 0 });
  }
  return [...found.values()];
}

/** How many open alerts somebody has seen or put off: they call nobody. */
export const seenCount = (alerts: readonly SiteAlert[], now: Instant): number => alerts.filter((one) => !one.over_since && !calls(one, now)).length;

/** Height of the list in units, of which the screen is 100 wide and 56 high, and the gap between two rows. */
const LIST = 45;
const GAP = 0.4;

/** `size`: of letters, in units; `name`, `line`: letters of a name and of a whole line that fit. */
export interface Fit {
  columns: number;
  rows: number;
  shown: number;
  size: number;
  name: number;
  line: number;
}

/** How so many buildings fit on a screen on the wall, and how many of them. */
export function fit(count: number): Fit {
  const columns = count <= 5 ? 1 : count <= 16 ? 2 : count <= 42 ? 3 : 4;
  const shown = Math.min(count, 60);
  const rows = Math.max(3, Math.ceil(shown / columns));
  const high = (LIST - GAP * (rows - 1)) / rows;
  // A row has three lines where there is room, else two; letters may not get too wide for a column either.
  const size = Math.min(high / (columns > 2 ? 2.9 : 4.3), [2.8, 1.42, 1.1, 0.85][columns - 1]!);
  const wide = (97.5 - GAP * (columns - 1)) / columns - 2.2 - 2.6 * size;
  return { columns, rows, shown, size, name: (wide - (columns > 2 ? 2.2 : 6.6) * size) / (0.86 * size), line: wide / (0.52 * size) };
}

/** How much smaller a text is written that would be too long for its line. */
export const narrowed = (text: string, most: number, least = 0.5): number => Math.max(least, Math.min(1, most / text.length));

/** Whether a name is so long that it needs two lines, as small as a text may get. */
export const inTwoLines = (name: string, most: number): boolean => most / name.length < 0.5;

/** What a screen says at its top; `count`: of buildings, null before the first answer. */
export function headingText(count: number | null, cut: boolean): string {
  if (cut) return /* words */ "Not known what needs somebody";
  if (count === null) return /* words */ "What needs somebody";
  if (!count) return /* words */ "Nothing needs anybody";
  return plural(count, "1 building needs somebody", `${count} buildings need somebody`);
}

/** What is known of it in one line, without the building and what the headline says already. */
export function detailText(one: SiteAlert): string {
  const text = one.text.replace(`${one.site_name}: `, "").replace(/ \([^()]*\)$/, "");
  return text === whatText(one) ? "" : text;
}

/** How long an alert has held, in whole minutes that have passed. */
export const heldText = (at: Instant, now: Instant): string => (now - at < MINUTE ? /* words */ "under 1 min" : ageText(now - at));

/** "25 min" */
export function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  const hours = Math.floor(ms / HOUR);
  if (minutes < 1) return /* words */ `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (minutes < 60) return /* words */ `${minutes} min`;
  if (hours < 48) return /* words */ `${hours} h`;
  return plural(Math.floor(hours / 24), `${Math.floor(hours / 24)} day`, `${Math.floor(hours / 24)} days`);
}

/** The table over all buildings: its columns and how each is sorted. Pure. */
import { LANGUAGE } from "../language.ts";

/** The controller's backups. `good_at`: of the last one that was restored and compared. */
export interface BackupState {
  good_at: string | null;
  trouble: string | null;
}

/** What is not measured is null. Times are RFC 3339 with the building's offset. */
export interface SiteSummary {
  site: string;
  site_name: string;
  zone: string;
  trouble: { danger: number; serious: number; minor: number; since: string | null; seen: number };
  people: { people: number; low: number; high: number; estimated: boolean; gaps: number; stale_since: string | null } | null;
  coldest: Heat | null;
  warmest: Heat | null;
  battery: { percent: number | null; low: boolean; silent: boolean; sensor: string; room: string; at: string } | null;
  certificate: { edge: string; ends: string } | null;
  edges: { total: number; away: number; away_since: string | null; versions: Record<string, number> };
}
export interface Heat {
  celsius: number;
  room: string;
  at: string;
}

export const COLUMNS = /* words */ {
  trouble: "Trouble",
  building: "Building",
  since: "Oldest since",
  people: "People now",
  coldest: "Coldest room",
  warmest: "Warmest room",
  battery: "Weakest battery",
  certificate: "Certificate ends",
  version: "Version",
  away: "Pis away",
} as const;
export type Column = keyof typeof COLUMNS;
/** In the order in which they stand; the first of `COLUMNS` is what the table is sorted by at first. */
export const SHOWN: readonly Column[] = ["building", "trouble", "since", "people", "coldest", "warmest", "battery", "certificate", "version", "away"];
/** Of these the largest comes first when first asked for. */
const LARGEST_FIRST: readonly Column[] = ["trouble", "people", "warmest", "away"];

export interface Order {
  column: Column;
  down: boolean;
}

const isColumn = (name: string): name is Column => Object.hasOwn(COLUMNS, name);

/** From the address: "people", or "people.other" for the other way round. */
export function orderOf(view: string): Order {
  const [name = "", way] = view.split(".");
  const column = isColumn(name) ? name : "trouble";
  return { column, down: LARGEST_FIRST.includes(column) !== (way === "other") };
}

/** For the address, once a column's button is pressed. */
export function viewAfter(order: Order, column: Column): string {
  const other = order.column === column && order.down === LARGEST_FIRST.includes(column);
  return other ? `${column}.other` : column === "trouble" ? "" : column;
}

/** "0.10.1" comes after "0.9"; a part that is no number counts as 0. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [one, two] = [parts(a), parts(b)];
  for (let n = 0; n < Math.max(one.length, two.length); n++) {
    const less = (one[n] ?? 0) - (two[n] ?? 0);
    if (less) return less;
  }
  return 0;
}

/** The oldest version that an agent of the building has; null where none has reported. */
export const oldestVersion = (one: SiteSummary): string | null => Object.keys(one.edges.versions).sort(compareVersions)[0] ?? null;
export const newestVersion = (all: readonly SiteSummary[]): string | null =>
  all.flatMap((one) => Object.keys(one.edges.versions)).sort(compareVersions).at(-1) ?? null;

/** How many alerts call somebody. */
export const calling = ({ trouble }: SiteSummary): number => trouble.danger + trouble.serious + trouble.minor;

/** What a column is sorted by; null, for what is not known, comes last either way. */
const VALUES: Record<Exclude<Column, "version">, (one: SiteSummary) => number | string | null> = {
  building: (one) => one.site_name,
  // One of danger outweighs any number of serious ones.
  trouble: ({ trouble }) => trouble.danger * 1e8 + trouble.serious * 1e4 + trouble.minor + Math.min(trouble.seen, 99) / 100,
  since: ({ trouble }) => trouble.since && Date.parse(trouble.since),
  people: ({ people }) => people && people.people,
  coldest: ({ coldest }) => coldest && coldest.celsius,
  warmest: ({ warmest }) => warmest && warmest.celsius,
  battery: ({ battery }) => battery && (battery.percent ?? 100) - (battery.low ? 1000 : 0) - (battery.silent ? 10_000 : 0),
  certificate: ({ certificate }) => certificate && Date.parse(certificate.ends),
  away: ({ edges }) => (edges.total ? edges.away : null),
};

function compare(column: Column, a: SiteSummary, b: SiteSummary, down: boolean): number {
  const value = column === "version" ? oldestVersion : VALUES[column];
  const [one, two] = [value(a), value(b)];
  if (one === null || two === null) return Number(one === null) - Number(two === null);
  const less = typeof one === "number" ? one - Number(two) : column === "version" ? compareVersions(one, String(two)) : one.localeCompare(String(two), LANGUAGE);
  return down ? -less : less;
}

/** Sorted; of equal ones the one in trouble for longest comes first, then by name. */
export function sorted(all: readonly SiteSummary[], { column, down }: Order): SiteSummary[] {
  return [...all].sort((a, b) => compare(column, a, b, down) || compare("since", a, b, false) || compare("building", a, b, false));
}

/** The spaces that were found, those that were not, and what is asked of the server about each. Pure. */
import type { Reason, Site } from "../model.ts";
import { shortDay } from "../zone.ts";
import { type Answers, type Chosen, equipmentOf, type FoundSpace, patternOf, placeOf, sentence, type Times, whole } from "./find.ts";

/** A space that cannot be had. `why`: what it lacks; empty if it fits but cannot be booked then. */
export interface OtherSpace {
  site: string;
  site_name: string;
  space: string;
  name: string;
  layout: string | null;
  why: string[];
}

export interface FreeAtSite {
  site: string;
  name: string;
  spaces: { space: string; name: string; layout: string | null }[];
  unfit: { space: string; name: string; why: string[] }[];
}

/** The address that answers all spaces in reach, with what the others lack; free or not, so the least span is asked for. */
export function othersPath(one: Answers, times: Times): string {
  const search = new URLSearchParams({ from: times.starts, to: times.ends, minutes: "1", kind: "room" });
  if (whole(one.people)) search.set("people", one.people.trim());
  if (one.stepFree) search.set("step_free", "true");
  for (const id of one.amenities) search.append("amenities", id);
  for (const [id, count] of Object.entries(equipmentOf(one))) search.append("equipment", `${id}:${count}`);
  if (one.where === "site" && one.site) return `/sites/${one.site}/free?${search}`;
  search.set("limit", "250");
  // Where somebody is stays out of addresses, which a proxy may log: see `inReach`.
  if (one.where !== "here") for (const [name, value] of Object.entries(placeOf(one))) search.set(name, String(value));
  return `/free?${search}`;
}

/** Whether a building is as near to where somebody is as they want. */
export function inReach(one: Answers, { latitude, longitude }: Pick<Site, "latitude" | "longitude">): boolean {
  if (one.where !== "here" || !one.spot || !Number(one.miles)) return true;
  if (typeof latitude !== "number" || typeof longitude !== "number") return false;
  const rad = Math.PI / 180;
  const [north, east] = [latitude - one.spot.latitude, (longitude - one.spot.longitude) * Math.cos(latitude * rad)];
  return Math.hypot(north, east) * rad * EARTH_MILES <= Number(one.miles);
}
const EARTH_MILES = 3959;

/** The spaces in reach that were not found. */
export function othersOf(sites: readonly FreeAtSite[], found: readonly FoundSpace[]): OtherSpace[] {
  const fits = new Set(found.map(({ site, space }) => `${site}/${space}`));
  return sites.flatMap(({ site, name, spaces, unfit }) =>
    [
      ...spaces.map((one) => ({ ...one, why: [] as string[] })),
      ...unfit.map((one) => ({ ...one, layout: null })),
    ]
      .filter(({ space }) => !fits.has(`${site}/${space}`))
      .map((one) => ({ site, site_name: name, space: one.space, name: one.name, layout: one.layout, why: one.why })),
  );
}

/** Those that take most dates first; of these the smallest, or the nearest. */
export function sorted(items: readonly FoundSpace[], order: "size" | "miles"): FoundSpace[] {
  const far = ({ miles }: FoundSpace) => miles ?? Infinity;
  const size = ({ holds }: FoundSpace) => holds ?? Infinity;
  const [first, second] = order === "size" ? [size, far] : [far, size];
  const by = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...items].sort(
    (a, b) => (b.taken ?? 0) - (a.taken ?? 0) || by(first(a), first(b)) || by(second(a), second(b)) || a.name.localeCompare(b.name),
  );
}

/** The reasons of a refusal without the bookings in the way, whose names are not for everybody, and without what needs approval. */
export function refusalsOf(reasons: readonly Reason[]): Reason[] {
  const against = reasons.filter(({ kind }) => kind !== "approval");
  return (against.length ? against : reasons).map((one) => ({ ...one, conflicts: [] }));
}

/** "Not on Thu 10 Dec (taken), Thu 24 Dec (closed) and 2 more" */
export function missingWords(missing: FoundSpace["missing"] = []): string {
  const words: Record<string, string> = { clash: " (taken)", closed: " (closed)" };
  const said = missing.slice(0, 2).map(({ date, reasons }) => shortDay(date) + (words[reasons[0]?.kind ?? ""] ?? ""));
  return missing.length ? `Not on ${said.join(", ")}${missing.length > 2 ? ` and ${missing.length - 2} more` : ""}` : "";
}

/** What a booking of a space asks for, without its title and its people to ring. */
export function requestOf(one: Answers, at: Pick<Chosen, "space" | "layout" | "starts" | "ends">): object {
  return {
    space: at.space,
    layout: at.layout,
    people: whole(one.people) || null,
    party: one.party,
    equipment: equipmentOf(one),
    under_16s: one.under16s,
    starts: at.starts,
    ends: at.ends,
  };
}

/** The same of a series. */
export function seriesOf(one: Answers, at: Pick<Chosen, "space" | "layout">, times: Times): object {
  const { starts: _, ends: __, ...rest } = requestOf(one, { ...at, starts: "", ends: "" }) as { starts: string; ends: string };
  return { ...rest, ...patternOf(one, times) };
}

/** Reasons that may go away, so that waiting helps; at least one of `FREED` is needed, as others do not end by a booking that is given up. */
const FREED = ["clash", "buffer", "changeover", "equipment", "seats"];
const PASSING = [...FREED, "quota", "too_early", "closed"];

export function mayWait(reasons: readonly { kind: string }[]): boolean {
  const against = reasons.filter(({ kind }) => kind !== "approval");
  return against.some(({ kind }) => FREED.includes(kind)) && against.every(({ kind }) => PASSING.includes(kind));
}

/** "Hearing loop" for the id "hearing-loop". */
export function amenityWords(id: string): string {
  return sentence(id.replaceAll("-", " "));
}

const FIELDS: Record<string, string> = {
  starts: "The time",
  ends: "The time",
  first_starts: "The first day",
  first_ends: "The time",
  rule: "The term",
  people: "The number of people",
  equipment: "Each thing to use",
  near: "The building",
  sites: "The building",
};

/** Why a search was refused, by what was answered: “The term goes on for more than 10 years …”. */
export function searchFault(fault: string, errors: readonly { field: string; message: string }[] = []): string {
  return errors.map(({ field, message }) => `${FIELDS[field] ?? "An answer"} ${message}.`).join(" ") || fault;
}

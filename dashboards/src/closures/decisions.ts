/** What becomes of the bookings in a closure: proposals, choices and what is sent. Pure. */
import { plural } from "../language.ts";
import type { Proposal, Space, WireBooking } from "../model.ts";
import { share } from "./closure.ts";

export interface Hit {
  booking: WireBooking;
  reasons: string[];
  proposals: Proposal[];
  why: string;
}

/** Where and when a booking is to be instead, as the API is sent it. */
export type Target = Pick<Proposal, "site" | "space" | "layout" | "starts" | "ends">;

/** What becomes of a booking: a proposal's target, or a word. */
export type Choice = Target | "cancel" | "keep" | "later";

const WORDS: readonly unknown[] = ["cancel", "keep", "later"];

export const targetOf = ({ site, space, layout, starts, ends }: Proposal): Target => ({ site, space, layout, starts, ends });

/** The proposal that a choice takes; undefined for a word, and where it is not proposed any more. */
export function taken({ proposals }: Hit, choice: Choice | undefined): Proposal | undefined {
  if (!choice || typeof choice === "string") return undefined;
  return proposals.find(
    (one) => one.site === choice.site && one.space === choice.space && one.layout === choice.layout && one.starts === choice.starts && one.ends === choice.ends,
  );
}

/** Bookings whose choice is not proposed any more. */
export function lost(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>): string[] {
  return hits.filter((hit) => hit.booking.id in chosen && !WORDS.includes(chosen[hit.booking.id]) && !taken(hit, chosen[hit.booking.id])).map(({ booking }) => booking.id);
}

/** Whether two proposals want the same room at the same time. */
export function collide(a: Proposal, b: Proposal, spaces: readonly Space[]): boolean {
  const meets = Date.parse(a.starts) < Date.parse(b.ends) && Date.parse(b.starts) < Date.parse(a.ends);
  return a.site === b.site && meets && share(a.space, b.space, spaces);
}

/** The first proposal of each that no other takes, but at another site none that somebody has to approve.
 * Where there is none it is left for later, and kept where it was kept before. */
export function proposed(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>, spaces: readonly Space[]): Record<string, Choice> {
  const found: Record<string, Choice> = { ...chosen };
  const used = hits.flatMap((hit) => taken(hit, chosen[hit.booking.id]) ?? []);
  for (const { booking, proposals } of hits) {
    if (booking.id in found) continue;
    const free = proposals.find((one) => isUsual(one) && !used.some((other) => collide(one, other, spaces)));
    const kept = booking.affected_by.some((one) => one.cause === "closed" && one.kept_at);
    if (free && !kept) used.push(free);
    found[booking.id] = kept ? "keep" : free ? targetOf(free) : "later";
  }
  return found;
}

/** Whether it is chosen by default: a request at another site may be refused after the booking is cancelled here. */
const isUsual = ({ how, needs_approval }: Proposal) => !(how === "other_site" && needs_approval);

/** Bookings whose choice another booking has taken as well, with that one's title. */
export function doubled(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>, spaces: readonly Space[]): Record<string, string> {
  const found: Record<string, string> = {};
  const before: { title: string; target: Proposal }[] = [];
  for (const hit of hits) {
    const { id, title } = hit.booking;
    const target = taken(hit, chosen[id]);
    if (!target) continue;
    const other = before.find((one) => collide(one.target, target, spaces));
    if (other) found[id] = other.title;
    before.push({ title, target });
  }
  return found;
}

/** The other dates of the same series in the closure. */
export function sameSeries(hits: readonly Hit[], hit: Hit): Hit[] {
  const { id, series } = hit.booking;
  return series ? hits.filter(({ booking }) => booking.series === series && booking.id !== id) : [];
}

/** What is chosen for one, for the other dates of its series as well: the word, or the proposal of the same room that is
 * as much earlier or later. A date that has none keeps what it has. */
export function likeIt(hits: readonly Hit[], hit: Hit, chosen: Readonly<Record<string, Choice>>): Record<string, Choice> {
  const choice = chosen[hit.booking.id];
  const target = taken(hit, choice);
  // By the clock on the wall: over a night when the clocks change, the same time of day is an hour more or less away.
  const wall = (at: string) => Date.parse(`${at.slice(0, 16)}Z`);
  const shift = ({ booking }: Hit, { starts }: Proposal) => wall(starts) - wall(booking.starts);
  const found: Record<string, Choice> = { ...chosen };
  for (const other of sameSeries(hits, hit)) {
    const like = target && other.proposals.find((one) => one.site === target.site && one.space === target.space && shift(other, one) === shift(hit, target));
    if (typeof choice === "string") found[other.booking.id] = choice;
    else if (like) found[other.booking.id] = targetOf(like);
  }
  return found;
}

export interface Tally {
  moved: number;
  cancelled: number;
  kept: number;
  later: number;
}

export function tally(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>): Tally {
  const all = hits.map(({ booking }) => chosen[booking.id] ?? "later");
  const count = (wanted: Choice) => all.filter((one) => one === wanted).length;
  return { moved: all.filter((one) => typeof one !== "string").length, cancelled: count("cancel"), kept: count("keep"), later: count("later") };
}

/** "3 are moved, 1 is cancelled, 1 stays undecided" */
export function tallyText({ moved, cancelled, kept, later }: Tally): string {
  return [
    moved && plural(moved, `${moved} is moved`, `${moved} are moved`),
    cancelled && plural(cancelled, `${cancelled} is cancelled`, `${cancelled} are cancelled`),
    kept && plural(kept, `${kept} goes ahead anyway`, `${kept} go ahead anyway`),
    later && plural(later, `${later} stays undecided`, `${later} stay undecided`),
  ].filter(Boolean).join(", ");
}

/** What the API is sent of the choices; what is left for later is not. */
export function decisionsOf(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>, site: string): object[] {
  return hits.flatMap(({ booking }): object[] => {
    const choice = chosen[booking.id] ?? "later";
    if (choice === "later") return [];
    const about = { booking: booking.id, version: booking.version };
    if (typeof choice === "string") return [{ ...about, decision: choice }];
    return [{ ...about, decision: choice.site === site ? "move" : "rebook", target: choice }];
  });
}

/** "Move to Studio, same time; holds 14", "Book Hall at March, same time; with a new code, once somebody has approved it" */
export function proposalText(one: Proposal): string {
  const text = one.text.replace(/, at the time asked for: [^;]+/, ", same time");
  const asked = one.needs_approval ? ", once somebody has approved it" : "";
  return one.how === "other_site" ? `Book ${text}; with a new code${asked}` : `Move to ${text}${asked}`;
}

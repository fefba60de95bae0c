/** What becomes of the bookings in a closure: proposals, choices and what is sent. Pure. */
import type { Proposal, Space, WireBooking } from "../model.ts";
import { share } from "./closure.ts";

export interface Hit {
  booking: WireBooking;
  reasons: string[];
  proposals: Proposal[];
  why: string;
}

/** What becomes of a booking: the number of a proposal, or a word. */
export type Choice = number | "cancel" | "keep" | "later";

/** Whether two proposals want the same room at the same time. */
export function collide(a: Proposal, b: Proposal, spaces: readonly Space[]): boolean {
  const meets = Date.parse(a.starts) < Date.parse(b.ends) && Date.parse(b.starts) < Date.parse(a.ends);
  return a.site === b.site && meets && share(a.space, b.space, spaces);
}

/** The first proposal of each that no other takes; where there is none it is left for later, and kept where it was kept before. */
export function proposed(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>, spaces: readonly Space[]): Record<string, Choice> {
  const found: Record<string, Choice> = { ...chosen };
  const taken = hits.flatMap(({ booking, proposals }) => {
    const choice = chosen[booking.id];
    return typeof choice === "number" && proposals[choice] ? [proposals[choice]] : [];
  });
  for (const { booking, proposals } of hits) {
    if (booking.id in found) continue;
    const free = proposals.findIndex((one) => !taken.some((other) => collide(one, other, spaces)));
    if (free >= 0) taken.push(proposals[free]!);
    const kept = booking.affected_by.some((one) => one.cause === "closed" && one.kept_at);
    found[booking.id] = kept ? "keep" : free >= 0 ? free : "later";
  }
  return found;
}

/** Bookings whose choice another booking has taken as well, with that one's title. */
export function doubled(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>, spaces: readonly Space[]): Record<string, string> {
  const found: Record<string, string> = {};
  const taken: { title: string; target: Proposal }[] = [];
  for (const { booking, proposals } of hits) {
    const choice = chosen[booking.id];
    const target = typeof choice === "number" ? proposals[choice] : undefined;
    if (!target) continue;
    const other = taken.find((one) => collide(one.target, target, spaces));
    if (other) found[booking.id] = other.title;
    taken.push({ title: booking.title, target });
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
  return { moved: all.filter((one) => typeof one === "number").length, cancelled: count("cancel"), kept: count("keep"), later: count("later") };
}

/** "3 are moved, 1 is cancelled, 1 stays undecided" */
export function tallyText({ moved, cancelled, kept, later }: Tally): string {
  const put = (n: number, one: string, many: string) => (n ? [`${n} ${n === 1 ? one : many}`] : []);
  return [
    ...put(moved, "is moved", "are moved"),
    ...put(cancelled, "is cancelled", "are cancelled"),
    ...put(kept, "goes ahead anyway", "go ahead anyway"),
    ...put(later, "stays undecided", "stay undecided"),
  ].join(", ");
}

/** What the API is sent of the choices; what is left for later is not. */
export function decisionsOf(hits: readonly Hit[], chosen: Readonly<Record<string, Choice>>, site: string): object[] {
  return hits.flatMap(({ booking, proposals }): object[] => {
    const choice = chosen[booking.id] ?? "later";
    if (choice === "later") return [];
    const about = { booking: booking.id, version: booking.version };
    if (typeof choice !== "number") return [{ ...about, decision: choice }];
    const { site: there, space, layout, starts, ends } = proposals[choice]!;
    return [{ ...about, decision: there === site ? "move" : "rebook", target: { site: there, space, layout, starts, ends } }];
  });
}

/** "Move to Studio, same time; holds 14" */
export function proposalText(one: Proposal): string {
  const text = one.text.replace(/, at the time asked for: [^;]+/, ", same time");
  return one.how === "other_site" ? `Book ${text}; with a new code` : `Move to ${text}`;
}

/** What a room's tablet says of its room at a moment, from the last answer; pure, so that it also goes on without a line. */
import { clock, dayOf, dayPlus, dayStart, HOUR, type Instant, shortDay } from "../zone.ts";

export interface Taken {
  from: Instant;
  to: Instant;
  /** With setting up and clearing down. */
  heldFrom: Instant;
  heldTo: Instant;
  who: string;
  sure: boolean;
  arrived: boolean;
}
export interface Shut {
  from: Instant;
  to: Instant;
  why: string;
}
export interface Room {
  site: string;
  space: string;
  zone: string;
  mayEnd: boolean;
  mayBook: boolean;
  taken: Taken[];
  shut: Shut[];
}
/** As the controller answers it. */
export interface Answer {
  site: string;
  space: string;
  zone: string;
  now: string;
  build: string;
  may_end: boolean;
  may_book: boolean;
  taken: { starts: string; ends: string; held_from: string; held_until: string; who: string; sure: boolean; arrived: boolean }[];
  shut: { starts: string; ends: string; why: string }[];
}
export type Kind = "free" | "use" | "held" | "prepared" | "shut";
export interface Now {
  kind: Kind;
  word: string;
  /** "until 18:00" */
  until: string;
  /** Whose booking it is, or why it is closed; empty where that may not be shown. */
  who: string;
  current: Taken | null;
  next: Taken | null;
}
const WORDS: Record<Kind, string> = { free: "Free", use: "In use", held: "Reserved", prepared: "Not free", shut: "Closed" };

export function roomOf({ site, space, zone, may_end, may_book, taken, shut }: Answer): Room {
  const at = Date.parse;
  return {
    site,
    space,
    zone,
    mayEnd: may_end,
    mayBook: may_book,
    taken: taken.map((one) => ({
      from: at(one.starts),
      to: at(one.ends),
      heldFrom: at(one.held_from),
      heldTo: at(one.held_until),
      who: one.who,
      sure: one.sure,
      arrived: one.arrived,
    })),
    shut: shut.map((one) => ({ from: at(one.starts), to: at(one.ends), why: one.why })),
  };
}

export function roomNow(room: Room, now: Instant): Now {
  const { taken, shut, zone } = room;
  const current = taken.find((one) => one.from <= now && now < one.to) ?? null;
  const next = taken.find((one) => one.from > now) ?? null;
  const prepared = taken.find((one) => one.heldFrom <= now && now < one.heldTo);
  const closed = shut.find((one) => one.from <= now && now < one.to);
  const say = (kind: Kind, to: Instant | null, who = ""): Now => ({
    kind,
    word: WORDS[kind],
    until: to === null ? "until tomorrow" : untilText(to, zone, now),
    who,
    current,
    next,
  });
  if (current) return say(current.sure ? "use" : "held", current.to, current.who);
  if (closed) {
    let to = closed.to;
    for (const one of shut) if (one.from <= to && one.to > to) to = one.to;
    return say("shut", to, closed.why);
  }
  if (prepared) {
    const clearing = prepared.to <= now;
    return say("prepared", clearing ? prepared.heldTo : prepared.from, clearing ? "It is being cleared" : "It is being set up");
  }
  const ends = [...taken.map((one) => one.heldFrom), ...shut.map((one) => one.from)].filter((at) => at > now);
  const to = Math.min(...ends, Infinity);
  return say("free", to < dayStart(dayPlus(dayOf(now, zone), 1), zone) ? to : null);
}

/** "18:00"; for a time that comes twice with its zone, "01:30 BST" and "01:30 GMT". */
export function exactClock(at: Instant, zone: string): string {
  const said = clock(at, zone);
  if (said !== clock(at - HOUR, zone) && said !== clock(at + HOUR, zone)) return said;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", timeZoneName: "short" }).formatToParts(at);
  return `${said} ${parts.find(({ type }) => type === "timeZoneName")?.value ?? ""}`;
}

/** As `exactClock`, with the day where that is not today. */
function exactMoment(at: Instant, zone: string, now: Instant): string {
  const day = dayOf(at, zone);
  return day === dayOf(now, zone) ? exactClock(at, zone) : `${shortDay(day)} ${exactClock(at, zone)}`;
}

/** "until 18:00", "until Thu 26 Nov 09:00", "until midnight". */
function untilText(to: Instant, zone: string, now: Instant): string {
  const tonight = dayStart(dayPlus(dayOf(now, zone), 1), zone);
  return to === tonight ? "until midnight" : `until ${exactMoment(to, zone, now)}`;
}

/** "18:00 to 20:00, Quiz": a booking to come. */
export function takenText(one: Taken, zone: string, now: Instant): string {
  const who = one.who || (one.sure ? "" : "not confirmed yet");
  return `${exactMoment(one.from, zone, now)} to ${exactClock(one.to, zone)}${who ? `, ${who}` : ""}`;
}

export interface Block {
  left: number;
  width: number;
  kind: "taken" | "held" | "buffer" | "shut";
}
export interface Mark {
  left: number;
  label: string;
}

/** The hours to come as parts of a line, in percent: by real time, so that a clock change stretches nothing. */
export function strip(room: Room, now: Instant, hours: number): { blocks: Block[]; marks: Mark[]; end: Instant } {
  const length = hours * HOUR;
  const place = (from: Instant, to: Instant, kind: Block["kind"]): Block[] => {
    const [a, b] = [Math.max(from, now), Math.min(to, now + length)];
    return b > a ? [{ left: ((a - now) / length) * 100, width: ((b - a) / length) * 100, kind }] : [];
  };
  const blocks = [
    ...room.shut.flatMap((one) => place(one.from, one.to, "shut")),
    ...room.taken.flatMap((one) => place(one.heldFrom, one.heldTo, "buffer")),
    ...room.taken.flatMap((one) => place(one.from, one.to, one.sure ? "taken" : "held")),
  ];
  const marks: Mark[] = [];
  for (let at = Math.ceil(now / HOUR) * HOUR; at < now + length - HOUR / 3; at += HOUR) {
    marks.push({ left: ((at - now) / length) * 100, label: exactClock(at, room.zone) });
  }
  return { blocks, marks, end: now + length };
}

/** From ten in the evening to six in the morning the screen is dark. */
export function isNight(now: Instant, zone: string): boolean {
  const hour = Number(clock(now, zone).slice(0, 2));
  return hour >= 22 || hour < 6;
}

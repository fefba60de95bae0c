/** A site's booking policy as sentences, each with the form that changes it. Pure. */
import { durationText, parseClock } from "../dateTimeInput.ts";
import { plural } from "../language.ts";
import { clockOf } from "../zone.ts";
import { type Field, listText, type Option } from "./fields.ts";
import { type Body, type Called, modeText, MODES, type Part, PARTIES, partOf, type Sentence, TIERS, tierText, type Where, whereFields, whereText } from "./sentence.ts";

interface Rule extends Where {
  name: string;
  modes: string[];
  most_minutes: number | null;
  most_days_ahead: number | null;
  most_people: number | null;
  most_a_week: number | null;
  no_under_16s: boolean;
}
interface Quota extends Where {
  name: string;
  per: "day" | "week" | "month" | "ahead";
  most_bookings: number | null;
  most_minutes: number | null;
}
interface Window {
  tier: string;
  days: number;
  spaces: string[];
}
interface Release extends Where {
  after_min: number;
  warn_min: number;
  check_in: boolean;
}
interface CodeRule {
  per: "booking" | "series" | "group" | "season";
  each_door: boolean;
  spaces: string[];
}
interface DocumentRule extends Where {
  kind: string;
  name: string;
  needed: boolean;
  lapsing: "warn" | "hold";
}
interface Induction extends Where {
  people: number;
}
interface Hire {
  terms: string;
  spaces: string[];
  tier: string;
  confirms: boolean;
  most_days_ahead: number;
  most_waiting: number;
}
export interface PublicPage {
  shown: boolean;
  in_use: boolean;
  unstaffed: boolean;
  access: string;
  contact: string;
}
export interface Policy {
  version: number;
  rules: Rule[];
  windows: Window[];
  quotas: Quota[];
  release: Release[];
  codes: CodeRule[];
  documents: DocumentRule[];
  induction: Induction[];
  hire: Hire | null;
  requests_hold: boolean;
  hold_hours: number | null;
  notice_min: number | null;
  offer_hours: number;
  reminder_hour: number | null;
  lead_in_min: number | null;
  lag_min: number | null;
  member_age: number;
  quiet_hours: string | null;
  quiet_mail: boolean;
  public_page: PublicPage;
  tablet_names: boolean;
  tablet_end: boolean;
  tablet_book: boolean;
}

const PER = { day: "a day", week: "a week", month: "a month", ahead: "ahead" } as const;
const SHARED = { booking: "Each booking has a code of its own", series: "All dates of a series have one code", group: "All bookings of a group have one code", season: "All bookings of a group in a summer or a winter have one code" } as const;
const DOCUMENTS: Option[] = [
  { value: "insurance", words: "Insurance" },
  { value: "hire-terms", words: "Signed hire terms" },
  { value: "safeguarding", words: "DBS checks" },
];
const days = (count: number) => (count === 0 ? "on the day itself" : count % 365 === 0 ? `up to ${plural(count / 365, `${count / 365} year`, `${count / 365} years`)} ahead` : `up to ${plural(count, `${count} day`, `${count} days`)} ahead`);
const most = (name: string, text: string, more: Partial<Field> = {}): Field => ({ name, text, kind: "number", least: 1, hint: "Empty: any.", ...more });
const NAME: Field = { name: "name", text: "Name", needed: "Give it a name.", taken: [] };

export function ruleText(rule: Rule, called: Called): string {
  const limits = [
    rule.most_minutes === null ? "" : `up to ${durationText(rule.most_minutes)}`,
    rule.most_people === null ? "" : `up to ${rule.most_people} people`,
    rule.most_days_ahead === null ? "" : days(rule.most_days_ahead),
    rule.most_a_week === null ? "" : `${rule.most_a_week} a week`,
    rule.no_under_16s ? "nobody under 16" : "",
    ...rule.modes.map(modeText),
  ].filter(Boolean);
  return `Confirmed at once (“${rule.name}”)${whereText(rule, called)}${limits.length ? `: ${limits.join(", ")}` : ""}.`;
}

/** The sentences of the lists of a policy, by what they are about, and those of new ones. */
function parts(policy: Policy, rooms: readonly Option[], called: Called) {
  const { room } = called;
  const where = whereFields(rooms);
  const spaces = where.filter(({ name }) => name === "spaces");
  const instant: Part<Rule> = {
    kind: "rule",
    added: "New rule that confirms at once",
    fields: [
      NAME,
      most("most_minutes", "At most so many minutes", { most: 44_640 }),
      most("most_people", "At most so many people"),
      most("most_a_week", "At most so many a week", { most: 1000 }),
      most("most_days_ahead", "At most so many days ahead", { least: 0, most: 3650 }),
      { name: "no_under_16s", text: "Not with people under 16", kind: "yes" },
      { name: "modes", text: "Only", kind: "many", options: MODES, hint: "None: at any time.", more: true },
      ...where,
      PARTIES,
    ],
    say: (one) => ruleText({ ...one, modes: one.modes ?? [] }, called),
  };
  const quota: Part<Quota> = {
    kind: "quota",
    added: "New limit",
    fields: [
      NAME,
      { name: "most_bookings", text: "At most so many bookings", kind: "number", most: 10_000, hint: "Empty: not counted.", needed: "Give bookings or minutes.", unless: ["most_minutes"] },
      { name: "most_minutes", text: "At most so many minutes", kind: "number", most: 1_000_000, hint: "Such as 600 for ten hours. Empty: not counted." },
      { name: "per", text: "In", kind: "choice", options: [{ value: "day", words: "A day" }, { value: "week", words: "A week" }, { value: "month", words: "A month" }, { value: "ahead", words: "All that is still to come" }] },
      ...where,
      PARTIES,
    ],
    say: (one) => {
      const counted = [one.most_bookings === null ? "" : plural(one.most_bookings, `${one.most_bookings} booking`, `${one.most_bookings} bookings`), one.most_minutes === null ? "" : durationText(one.most_minutes) || "0 minutes"].filter(Boolean);
      return `At most ${counted.join(" and ") || "…"} ${PER[one.per]} (“${one.name}”)${whereText(one, called)}.`;
    },
    blank: () => ({ per: "month" }),
  };
  const window: Part<Window> = {
    kind: "window",
    added: "New time ahead for some rooms",
    fields: [
      { name: "tier", text: "For", kind: "choice", options: TIERS, needed: "Choose for whom." },
      { name: "days", text: "Days ahead", kind: "number", most: 3650, needed: "Give the days; 0 is the day itself." },
      { ...spaces[0]!, hint: "", needed: "Choose the rooms." },
    ],
    say: (one) => `${tierText(one.tier)} may book ${listText(one.spaces.map(room))} ${days(one.days)}.`,
  };
  const release: Part<Release> = {
    kind: "release",
    added: "New release of times that nobody uses",
    fields: [
      { name: "after_min", text: "Minutes after the start", kind: "number", least: 1, most: 1440, needed: "Give the minutes." },
      { name: "warn_min", text: "They are warned so many minutes before that", kind: "number", most: 1440, needed: "Give the minutes; 0: they are not warned." },
      { name: "check_in", text: "Only a code or a check-in counts as coming", kind: "yes" },
      ...where,
    ],
    say: (one) => `If nobody comes${one.check_in ? " by code or checks in" : ""} within ${durationText(one.after_min)} of the start, the time is released${whereText(one, called)}${one.warn_min ? `; they are warned ${durationText(one.warn_min)} before that` : ""}.`,
    blank: () => ({ warn_min: 10 }),
  };
  const codes: Part<CodeRule> = {
    kind: "code",
    added: "New rule for codes",
    fields: [
      { name: "per", text: "Who shares one", kind: "choice", options: Object.entries(SHARED).map(([value, words]) => ({ value, words })) },
      { name: "each_door", text: "Each door has a code of its own", kind: "yes" },
      ...spaces,
    ],
    say: (one) => `${SHARED[one.per]}${one.each_door ? ", another at each door" : ""}${whereText({ spaces: one.spaces }, called)}.`,
    blank: () => ({ per: "series" }),
  };
  const document: Part<DocumentRule> = {
    kind: "document",
    added: "New document to be shown",
    fields: [
      { name: "kind", text: "Which", kind: "choice", options: [...DOCUMENTS, ...policy.documents.filter((one) => !DOCUMENTS.some(({ value }) => value === one.kind)).map((one) => ({ value: one.kind, words: one.name }))], needed: "Choose a document." },
      { name: "name", text: "Name", needed: "Give it a name.", hint: "As people read it: “Public liability insurance”." },
      { name: "needed", text: "Everybody has to show it", kind: "yes" },
      { name: "lapsing", text: "When it has lapsed", kind: "choice", options: [{ value: "warn", words: "You and they are told" }, { value: "hold", words: "New bookings wait for you as well" }] },
      where[0]!,
    ],
    say: (one) => `${one.name}${one.needed ? " has to be shown" : " is noted"}${whereText(one, called)}. When it has lapsed, ${one.lapsing === "hold" ? "new bookings wait for you" : "you and they are told"}.`,
    blank: () => ({ kind: null, lapsing: "warn" }),
  };
  const induction: Part<Induction> = {
    kind: "induction",
    added: "New need of the induction",
    fields: [{ name: "people", text: "So many people of a party must have had it", kind: "number", least: 1, most: 20, needed: "Give a number from 1 to 20." }, ...where],
    say: (one) => `At a time without staff, ${one.people === 1 ? "1 person" : `${one.people} people`} of a party must have had the induction${whereText(one, called)}.`,
    blank: () => ({ people: 1 }),
  };
  const everywhere = policy.windows.filter((one) => !one.spaces.length);
  const inRooms = partOf("windows", policy.windows.filter((one) => one.spaces.length), window);
  const whole = (change?: (body: Body) => Body) => change && ((body: Body) => ({ windows: [...everywhere, ...(change(body).windows as Window[])] }));
  return {
    windows: {
      all: inRooms.all.map((one) => ({ ...one, save: whole(one.save)!, remove: { windows: [...everywhere, ...(one.remove!.windows as Window[])] } })),
      fresh: { ...inRooms.fresh, save: whole(inRooms.fresh.save)! },
    },
    rules: partOf("rules", policy.rules, instant),
    quotas: partOf("quotas", policy.quotas, quota),
    release: partOf("release", policy.release, release),
    codes: partOf("codes", policy.codes, codes),
    documents: partOf("documents", policy.documents, document),
    induction: partOf("induction", policy.induction, induction),
  };
}

/** `21:30-07:30`, null for never. */
function readQuiet(text: string): string | null | Error {
  if (!text) return null;
  const [from, to, ...more] = text.split(/\s*(?:-|–|to)\s*/).map(parseClock);
  if (from == null || to == null || more.length || from === to) return new Error("Type two times, such as 21:30-07:30, or none.");
  return `${clockOf(from % 1440)}-${clockOf(to % 1440)}`;
}

/** All sentences, and those of new ones. */
export function policySentences(policy: Policy, rooms: readonly Option[], called: Called): { items: Sentence[]; additions: Sentence[] } {
  const lists = parts(policy, rooms, called);
  const number = (name: keyof Policy, text: string, say: (value: number | null) => string, more: Partial<Field> = {}): Sentence => ({
    key: name,
    text: say(policy[name] as number | null),
    say: (body) => say(body[name] as number | null),
    fields: [{ name, text, kind: "number", ...more }],
    thing: { [name]: policy[name] },
    save: (body) => body,
  });
  const windows = TIERS.map(({ value, words }): Sentence => {
    const found = policy.windows.find((one) => one.tier === value && !one.spaces.length);
    const others = policy.windows.filter((one) => one !== found);
    const say = (count: number | null) => `${words} may book ${count === null ? "as early as they like" : days(count)}.`;
    return {
      key: `window ${value}`,
      text: say(found?.days ?? null),
      say: (body) => say(body.days as number | null),
      fields: [{ name: "days", text: "Days ahead", kind: "number", most: 3650, hint: "Empty: as early as they like." }],
      thing: { days: found?.days ?? null },
      save: (body) => ({ windows: body.days === null ? others : [...others, { tier: value, days: body.days, spaces: [] }] }),
    };
  });
  const sayHold = (holds: unknown, hours: number | null) => (!holds ? "A request keeps no time until it is approved." : hours === null ? "A request keeps its time until it begins." : `A request keeps its time for ${durationText(hours * 60)}.`);
  const hold: Sentence = {
    key: "hold_hours",
    text: sayHold(policy.requests_hold, policy.hold_hours),
    say: (body) => sayHold(body.requests_hold, body.hold_hours as number | null),
    fields: [
      { name: "requests_hold", text: "A request keeps its time", kind: "yes" },
      { name: "hold_hours", text: "For so many hours", kind: "number", least: 1, most: 8760, hint: "Empty: until it begins.", when: (values) => values.requests_hold === true },
    ],
    thing: { requests_hold: policy.requests_hold, hold_hours: policy.hold_hours },
    save: (body) => (body.requests_hold ? body : { requests_hold: false }),
  };
  const sayQuiet = (hours: unknown, mail: unknown) => (hours === null ? "Text messages come at any hour." : `Text messages${mail ? " and mails" : ""} that can wait do so from ${String(hours).replace("-", " to ")}.`);
  const quiet: Sentence = {
    key: "quiet",
    text: sayQuiet(policy.quiet_hours, policy.quiet_mail),
    say: (body) => sayQuiet(body.quiet_hours, body.quiet_mail),
    fields: [
      { name: "quiet_hours", text: "Quiet from and to", hint: "Such as 21:30-07:30. Empty: never.", read: readQuiet },
      { name: "quiet_mail", text: "Mails wait too", kind: "yes" },
    ],
    thing: { quiet_hours: policy.quiet_hours, quiet_mail: policy.quiet_mail },
    save: (body) => body,
  };
  const controller = "as the controller is set";
  return {
    items: [
      ...windows,
      ...lists.windows.all,
      ...lists.rules.all,
      { key: "rest", text: policy.rules.length ? "All else waits for you to decide." : "Every request waits for you to decide." },
      number("notice_min", "Minutes of notice", (value) => (value === null ? "How soon it begins makes no difference." : value ? `What begins within ${durationText(value)} waits for you.` : "What has begun already waits for you."), { most: 40_320, hint: "0: only what has begun already. Empty: it makes no difference." }),
      hold,
      ...lists.quotas.all,
      ...lists.release.all,
      number("offer_hours", "Hours to accept an offer", (value) => `Who waits for a time has ${durationText((value ?? 0) * 60)} to accept it.`, { least: 1, most: 720, needed: "Give the hours." }),
      number("reminder_hour", "Hour of the reminder", (value) => (value === null ? "Nobody is reminded." : `People are reminded at ${value}:00 the day before.`), { most: 23, hint: "Empty: never." }),
      quiet,
      ...(lists.codes.all.length ? lists.codes.all : [{ key: "codes", text: "Each booking has a code of its own." }]),
      number("lead_in_min", "Minutes before", (value) => `Codes open ${value === null ? controller : `${durationText(value) || "0 minutes"} before a booking`}.`, { most: 240, hint: `Empty: ${controller}.` }),
      number("lag_min", "Minutes after", (value) => `Codes open ${value === null ? `after a booking ${controller}` : `until ${durationText(value) || "0 minutes"} after a booking`}.`, { most: 240, hint: `Empty: ${controller}.` }),
      number("member_age", "Least age", (value) => (value ? `Library members come in without staff from ${value} years on.` : "Library members of any age come in without staff."), { most: 100, needed: "Give the age; 0 for any." }),
      ...lists.documents.all,
      ...lists.induction.all,
      hireSentence(policy.hire, rooms, called.room),
    ],
    additions: [lists.rules, lists.quotas, lists.release, lists.windows, lists.codes, lists.documents, lists.induction].map((one) => one.fresh),
  };
}

function hireSentence(hire: Hire | null, rooms: readonly Option[], room: (id: string) => string): Sentence {
  const on = (values: Body) => values.on === true;
  const hireText = (body: Body) => {
    if (!body.on) return "Who has no account asks for nothing.";
    const { spaces = [], tier, confirms, most_days_ahead } = body as unknown as Hire;
    return `Who has no account may ask for ${spaces.length ? listText(spaces.map(room)) : "any room"} ${days(most_days_ahead)}, as ${tierText(tier).toLowerCase()}; ${confirms ? "the rules may confirm it" : "you decide on each"}.`;
  };
  const thing = { on: hire !== null, ...(hire ?? { tier: "community", most_days_ahead: 365, most_waiting: 20 }) };
  return {
    key: "hire",
    text: hireText(thing),
    say: hireText,
    thing,
    fields: [
      { name: "on", text: "People without an account may ask for a room", kind: "yes" },
      { name: "terms", text: "Hire terms, which they accept", kind: "note", needed: "Write the terms.", when: on },
      { name: "tier", text: "They count as", kind: "choice", options: TIERS, when: on },
      { name: "confirms", text: "The rules may confirm them at once", kind: "yes", when: on },
      { name: "most_days_ahead", text: "Days ahead", kind: "number", most: 3650, needed: "Give the days.", when: on },
      { name: "most_waiting", text: "So many may wait for you at once", kind: "number", least: 1, most: 500, needed: "Give a number.", when: on },
      { name: "spaces", text: "Rooms", kind: "many", options: rooms, hint: "None: every room.", when: on },
    ],
    save: ({ on: yes, ...body }) => ({ hire: yes ? body : null }),
  };
}

/** What another policy would change, as the controller says it. */
export interface PolicyEffect {
  confirmed: { bookings: { title: string }[]; count: number };
  exceeding: { text: string }[];
  exceeding_count: number;
  codes: { running_count: number; coming_count: number; windows: number };
}
export function policyEffectTexts({ confirmed, exceeding, exceeding_count, codes }: PolicyEffect): string[] {
  const names = confirmed.bookings.slice(0, 5).map((one) => one.title).join(", ");
  const kept = codes.running_count + codes.coming_count;
  const said = [
    confirmed.count ? plural(confirmed.count, `${confirmed.count} request that waits would be confirmed if made now: ${names}.`, `${confirmed.count} requests that wait would be confirmed if made now: ${names}.`) : "",
    ...exceeding.slice(0, 20).map((one) => `${one.text[0]!.toUpperCase()}${one.text.slice(1)}.`),
    exceeding_count > 20 ? `And ${exceeding_count - 20} more.` : "",
    kept ? plural(kept, `${kept} booking keeps its code, which the new rules would draw differently.`, `${kept} bookings keep their codes, which the new rules would draw differently.`) : "",
    codes.windows ? plural(codes.windows, `The code of ${codes.windows} booking opens at other times from then on.`, `The codes of ${codes.windows} bookings open at other times from then on.`) : "",
  ].filter(Boolean);
  return said.length ? said : ["No booking or request of now would be another."];
}

/** A site's policy and tariffs as sentences, each with the form that changes it. Pure. */
import { durationText } from "../dateTimeInput.ts";
import { plural } from "../language.ts";
import { type Field, listText, type Option } from "./fields.ts";

type Body = Record<string, unknown>;
/** `fields` and `save`: of the form that changes it; left out where only a file does. `remove`: what is without it. */
export interface Sentence {
  key: string;
  text: string;
  fields?: readonly Field[];
  thing?: Body;
  save?: (body: Body) => Body;
  remove?: Body;
}
export interface Where {
  tiers?: string[];
  parties?: string[];
  spaces?: string[];
}
export interface Rule extends Where {
  name: string;
  modes: string[];
  most_minutes: number | null;
  most_days_ahead: number | null;
  most_people: number | null;
  most_a_week: number | null;
  no_under_16s: boolean;
}
export interface Quota extends Where {
  name: string;
  per: "day" | "week" | "month" | "ahead";
  most_bookings: number | null;
  most_minutes: number | null;
}
export interface Policy {
  version: number;
  rules: Rule[];
  windows: { tier: string; days: number; spaces: string[] }[];
  quotas: Quota[];
  release: (Where & { after_min: number; warn_min: number; check_in: boolean })[];
  requests_hold: boolean;
  hold_hours: number | null;
  notice_min: number | null;
  offer_hours: number;
  reminder_hour: number | null;
  lead_in_min: number | null;
  lag_min: number | null;
}
export interface Rate extends Where {
  name: string;
  hours: string[];
  modes: string[];
  layouts: string[];
  per_hour_pence: number | null;
  flat_pence: number | null;
  each_seat: boolean;
}
export interface Tariffs {
  version: number;
  rates: Rate[];
  limits: (Where & { name: string; minimum_minutes: number | null; minimum_pence: number | null; day_cap_pence: number | null; booking_cap_pence: number | null })[];
  discounts: (Where & { name: string; percent: number; dates: number | null; total_hours: number | null })[];
  allowances: (Where & { name: string; free_hours: number; per: string })[];
  cancelling: (Where & { name: string; steps: { days: number; percent: number }[]; late_percent: number; no_show_percent: number })[];
  equipment: { equipment: string; per_use_pence: number }[];
}

export const TIERS: readonly Option[] = [
  { value: "community", words: "Community groups" },
  { value: "partner", words: "Partners" },
  { value: "council", words: "Council services" },
  { value: "commercial", words: "Businesses" },
];
const PER = { day: "a day", week: "a week", month: "a month", ahead: "ahead" } as const;
const MODES: Record<string, string> = { staffed: "while staff are there", extended: "in members' hours", closed: "while nobody is there" };
const tierText = (tier: string) => TIERS.find((one) => one.value === tier)?.words ?? tier;
export const pounds = (pence: number) => `£${(pence / 100).toFixed(2)}`;
const days = (count: number) => (count === 0 ? "on the day itself" : count % 365 === 0 ? plural(count / 365, `up to ${count / 365} year ahead`, `up to ${count / 365} years ahead`) : plural(count, `up to ${count} day ahead`, `up to ${count} days ahead`));

/** ` for community groups, in Hall` */
function whereText({ tiers = [], parties = [], spaces = [] }: Where, room: (id: string) => string): string {
  const whom = [...tiers.map((one) => tierText(one).toLowerCase()), ...(parties.length ? [plural(parties.length, `${parties.length} party`, `${parties.length} parties`)] : [])];
  return `${whom.length ? ` for ${listText(whom)}` : ""}${spaces.length ? ` in ${listText(spaces.map(room))}` : ""}`;
}

const whereFields = (rooms: readonly Option[]): Field[] => [
  { name: "tiers", text: "For", kind: "many", options: TIERS, hint: "None: for all." },
  { name: "spaces", text: "In", kind: "many", options: rooms, hint: "None: in every room." },
];
const RULE = (rooms: readonly Option[]): Field[] => [
  { name: "name", text: "Name", needed: "Give it a name." },
  { name: "most_minutes", text: "At most so many minutes", kind: "number", least: 1, most: 44_640, hint: "Empty: any." },
  { name: "most_people", text: "At most so many people", kind: "number", least: 1, hint: "Empty: any." },
  { name: "most_a_week", text: "At most so many a week", kind: "number", least: 1, most: 1000, hint: "Empty: any." },
  { name: "no_under_16s", text: "Not with people under 16", kind: "yes" },
  ...whereFields(rooms),
];
const QUOTA = (rooms: readonly Option[]): Field[] => [
  { name: "name", text: "Name", needed: "Give it a name." },
  { name: "most_bookings", text: "At most so many bookings", kind: "number", most: 10_000, needed: "Give a number." },
  { name: "per", text: "In", kind: "choice", options: [{ value: "day", words: "A day" }, { value: "week", words: "A week" }, { value: "month", words: "A month" }, { value: "ahead", words: "All that is still to come" }] },
  ...whereFields(rooms).map((field) => (field.name === "spaces" ? { ...field, text: "Rooms" } : field)),
];
const RATE = (rooms: readonly Option[]): Field[] => [
  { name: "name", text: "Name", needed: "Give it a name.", hint: "It stands on every quote." },
  { name: "per_hour_pence", text: "Pounds an hour", kind: "pounds", hint: "Such as 18.50." },
  { name: "flat_pence", text: "Pounds for each booking", kind: "pounds", hint: "On top; usually empty." },
  { name: "hours", text: "Times", hint: "Such as Mon-Fri 18:00-22:00; empty: always." },
  ...whereFields(rooms),
];

/** Keys that stay with the items when the list changes: a position would become the next one's. */
function keysOf(kind: string, list: readonly object[]): string[] {
  const names = list.map((one) => ("name" in one ? String(one.name) : JSON.stringify(one)));
  return names.map((name, at) => `${kind} ${names.slice(0, at).filter((other) => other === name).length} ${name}`);
}

/**
 * The sentence whose form is open, as it is now. Throws what the user has to know where it is no longer as it was when the
 * form began: nothing may be written over what is not shown.
 */
export function asOpened(opened: Sentence, items: readonly Sentence[]): Sentence {
  const now = items.find(({ key }) => key === opened.key);
  if (!now?.save) throw new Error("It was removed or renamed meanwhile, so nothing was saved. Look at the list, and leave this form.");
  if (JSON.stringify(now.thing) !== JSON.stringify(opened.thing)) throw new Changed(now);
  return now;
}

/** Somebody has changed what a form is about; `now`: as it is. */
export class Changed extends Error {
  readonly now: Sentence;
  constructor(now: Sentence) {
    super(`It was changed meanwhile, and nothing was saved. It says now: “${now.text}” Save again to replace that.`);
    this.now = now;
  }
}

export function ruleText(rule: Rule, room: (id: string) => string): string {
  const limits = [
    rule.most_minutes === null ? "" : `up to ${durationText(rule.most_minutes)}`,
    rule.most_people === null ? "" : `up to ${rule.most_people} people`,
    rule.most_days_ahead === null ? "" : days(rule.most_days_ahead),
    rule.most_a_week === null ? "" : `${rule.most_a_week} a week`,
    rule.no_under_16s ? "nobody under 16" : "",
    ...rule.modes.map((one) => MODES[one] ?? one),
  ].filter(Boolean);
  return `Confirmed at once (“${rule.name}”)${whereText(rule, room)}${limits.length ? `: ${limits.join(", ")}` : ""}.`;
}

export function policySentences(policy: Policy, rooms: readonly Option[]): Sentence[] {
  const room = (id: string) => rooms.find((one) => one.value === id)?.words ?? id;
  const number = (name: keyof Policy, text: string, said: string, more: Partial<Field> = {}): Sentence => ({
    key: name,
    text: said,
    fields: [{ name, text, kind: "number", ...more }],
    thing: { [name]: policy[name] },
    save: (body) => body,
  });
  const windows = TIERS.map(({ value, words }): Sentence => {
    const found = policy.windows.find((one) => one.tier === value && !one.spaces.length);
    const others = policy.windows.filter((one) => one !== found);
    return {
      key: `window ${value}`,
      text: `${words} may book ${found ? days(found.days) : "as early as they like"}.`,
      fields: [{ name: "days", text: "Days ahead", kind: "number", most: 3650, hint: "Empty: as early as they like." }],
      thing: { days: found?.days ?? null },
      save: ({ days }) => ({ windows: days === null ? others : [...others, { tier: value, days, spaces: [] }] }),
    };
  });
  const inRooms = policy.windows.filter((one) => one.spaces.length).map((one): Sentence => ({
    key: `window ${one.tier} ${one.spaces.join()}`,
    text: `${tierText(one.tier)} may book ${listText(one.spaces.map(room))} ${days(one.days)}.`,
    remove: { windows: policy.windows.filter((other) => other !== one) },
  }));
  const rules = policy.rules.map((one, at): Sentence => ({
    key: keysOf("rule", policy.rules)[at]!,
    text: ruleText(one, room),
    fields: RULE(rooms),
    thing: { ...one },
    save: (body) => ({ rules: policy.rules.map((other) => (other === one ? { ...one, ...body } : other)) }),
    remove: { rules: policy.rules.filter((other) => other !== one) },
  }));
  const quotas = policy.quotas.map((one, at): Sentence => ({
    key: keysOf("quota", policy.quotas)[at]!,
    text: `At most ${[one.most_bookings === null ? "" : `${one.most_bookings} bookings`, one.most_minutes === null ? "" : durationText(one.most_minutes)].filter(Boolean).join(" and ")} ${PER[one.per]} (“${one.name}”)${whereText(one, room)}.`,
    ...(one.most_minutes === null ? { fields: QUOTA(rooms), thing: { ...one }, save: (body: Body) => ({ quotas: policy.quotas.map((other) => (other === one ? { ...one, ...body } : other)) }) } : {}),
    remove: { quotas: policy.quotas.filter((other) => other !== one) },
  }));
  const releases = policy.release.map((one, at): Sentence => ({
    key: keysOf("release", policy.release)[at]!,
    text: `If nobody comes within ${durationText(one.after_min)} of the start, the time is released${whereText(one, room)}${one.warn_min ? `; they are warned ${durationText(one.warn_min)} before that` : ""}.`,
    remove: { release: policy.release.filter((other) => other !== one) },
  }));
  const notice = policy.notice_min;
  return [
    ...windows,
    ...inRooms,
    ...rules,
    { key: "rest", text: rules.length ? "All else waits for you to decide." : "Every request waits for you to decide." },
    number("notice_min", "Minutes of notice", notice === null ? "How soon it begins makes no difference." : notice ? `What begins within ${durationText(notice)} waits for you.` : "What begins at once is confirmed at once, where a rule fits.", { most: 40_320 }),
    number("hold_hours", "Hours that a request keeps its time", !policy.requests_hold ? "A request keeps no time until it is approved." : policy.hold_hours === null ? "A request keeps its time until it begins." : `A request keeps its time for ${durationText(policy.hold_hours * 60)}.`, { least: 1, most: 8760, hint: "Empty: until it begins." }),
    ...quotas,
    ...releases,
    number("offer_hours", "Hours to accept an offer", `Who waits for a time has ${durationText(policy.offer_hours * 60)} to accept it.`, { least: 1, most: 720, needed: "Give the hours." }),
    number("reminder_hour", "Hour of the reminder", policy.reminder_hour === null ? "Nobody is reminded." : `People are reminded at ${policy.reminder_hour}:00 the day before.`, { most: 23, hint: "Empty: never." }),
    number("lead_in_min", "Minutes before", policy.lead_in_min === null ? "Codes open as the controller is set." : `Codes open ${durationText(policy.lead_in_min) || "0 minutes"} before a booking.`, { most: 240, hint: "Empty: as the controller is set." }),
  ];
}

const rateBody = (body: Body): Body => ({ ...body, hours: String(body.hours ?? "").split(/(?<=\d\d:\d\d)\s*,/).map((one) => one.trim()).filter(Boolean) });

export function tariffSentences(tariffs: Tariffs, rooms: readonly Option[], things: readonly Option[]): Sentence[] {
  const named = (options: readonly Option[]) => (id: string) => options.find((one) => one.value === id)?.words ?? id;
  const room = named(rooms);
  const without = <K extends keyof Tariffs>(key: K, one: unknown): Body => ({ [key]: (tariffs[key] as unknown[]).filter((other) => other !== one) });
  return [
    ...tariffs.rates.map((one, at): Sentence => {
      const price = [one.per_hour_pence === null ? "" : one.per_hour_pence ? `${pounds(one.per_hour_pence)} an hour` : "free", one.flat_pence ? `${pounds(one.flat_pence)} for each booking` : ""].filter(Boolean);
      const when = [...one.hours, ...one.modes.map((mode) => MODES[mode] ?? mode)];
      return {
        key: keysOf("rate", tariffs.rates)[at]!,
        text: `${one.name}: ${price.join(" and ")}${one.each_seat ? " for each place" : ""}${whereText(one, room)}${when.length ? `, ${when.join(", ")}` : ""}.`,
        fields: RATE(rooms),
        thing: { ...one, hours: one.hours.join(", ") },
        save: (body) => ({ rates: tariffs.rates.map((other) => (other === one ? { ...one, ...rateBody(body) } : other)) }),
        remove: without("rates", one),
      };
    }),
    ...tariffs.limits.map((one, at): Sentence => {
      const parts = [
        one.minimum_minutes === null ? "" : `at least ${durationText(one.minimum_minutes)}`,
        one.minimum_pence === null ? "" : `at least ${pounds(one.minimum_pence)}`,
        one.day_cap_pence === null ? "" : `at most ${pounds(one.day_cap_pence)} a day`,
        one.booking_cap_pence === null ? "" : `at most ${pounds(one.booking_cap_pence)} a booking`,
      ];
      return { key: keysOf("limit", tariffs.limits)[at]!, text: `${one.name}: ${parts.filter(Boolean).join(", ")}${whereText(one, room)}.`, remove: without("limits", one) };
    }),
    ...tariffs.allowances.map((one, at): Sentence => ({ key: keysOf("allowance", tariffs.allowances)[at]!, text: `${one.name}: the first ${one.free_hours} hours of each party in a ${one.per} are free${whereText(one, room)}.`, remove: without("allowances", one) })),
    ...tariffs.discounts.map((one, at): Sentence => ({ key: keysOf("discount", tariffs.discounts)[at]!, text: `${one.name}: ${one.percent} % off from ${one.dates === null ? `${one.total_hours} hours` : `${one.dates} dates`} on${whereText(one, room)}.`, remove: without("discounts", one) })),
    ...tariffs.equipment.map((one): Sentence => ({ key: `equipment ${one.equipment}`, text: `${named(things)(one.equipment)}: ${pounds(one.per_use_pence)} each for a booking.`, remove: without("equipment", one) })),
    ...tariffs.cancelling.map((one, at): Sentence => {
      const steps = [...one.steps].sort((a, b) => b.days - a.days).map((step) => `${plural(step.days, `${step.days} day or more before`, `${step.days} days or more before`)}: ${step.percent ? `${step.percent} %` : "free"}`);
      return { key: keysOf("cancelling", tariffs.cancelling)[at]!, text: `Cancelling (“${one.name}”)${whereText(one, room)}: ${[...steps, `later: ${one.late_percent} %`].join("; ")}. If nobody comes: ${one.no_show_percent} %.`, remove: without("cancelling", one) };
    }),
  ];
}

/** What a new one begins with, and where it goes. */
export const newRule = (policy: Policy, rooms: readonly Option[]): Sentence => ({ key: "new rule", text: "New rule that confirms at once", fields: RULE(rooms), thing: { name: "" }, save: (body) => ({ rules: [...policy.rules, body] }) });
export const newQuota = (policy: Policy, rooms: readonly Option[]): Sentence => ({ key: "new quota", text: "New limit", fields: QUOTA(rooms), thing: { per: "month" }, save: (body) => ({ quotas: [...policy.quotas, body] }) });
export const newRate = (tariffs: Tariffs, rooms: readonly Option[]): Sentence => ({ key: "new rate", text: "New price", fields: RATE(rooms), thing: {}, save: (body) => ({ rates: [...tariffs.rates, rateBody(body)] }) });

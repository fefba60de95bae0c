/** A site's tariffs as sentences, each with the form that changes it. Pure. */
import { durationText } from "../dateTimeInput.ts";
import { plural } from "../language.ts";
import { type Field, idOf, type Option } from "./fields.ts";
import { type Body, type Called, modeText, MODES, type Part, PARTIES, partOf, pounds, type Sentence, type Where, whereFields, whereText, wordsOf } from "./sentence.ts";

interface Named extends Where {
  name: string;
}
export interface Rate extends Named {
  hours: string[];
  modes: string[];
  per_hour_pence: number | null;
  flat_pence: number | null;
  each_seat: boolean;
  vat: string | null;
}
interface Limit extends Named {
  minimum_minutes: number | null;
  minimum_pence: number | null;
  day_cap_pence: number | null;
  booking_cap_pence: number | null;
}
interface Discount extends Named {
  percent: number;
  dates: number | null;
  total_hours: number | null;
}
interface Allowance extends Named {
  id: string;
  free_hours: number;
  per: string;
}
interface Step {
  days: number;
  percent: number;
}
interface Cancelling extends Named {
  steps: Step[];
  late_percent: number;
  no_show_percent: number;
}
export interface Tariffs {
  version: number;
  rates: Rate[];
  limits: Limit[];
  discounts: Discount[];
  allowances: Allowance[];
  cancelling: Cancelling[];
  equipment: { equipment: string; per_use_pence: number }[];
  vat: string;
  vat_percent: string | null;
  gross: boolean;
}

const VATS: readonly Option[] = [
  { value: "exempt", words: "Exempt from it" },
  { value: "standard", words: "Taxed" },
];
const VAT_OF_ITS_OWN: Field = { name: "vat", text: "VAT", kind: "choice", options: [{ value: "", words: "As the other prices" }, ...VATS], more: true };
const vatText = (vat: string) => (vat === "exempt" ? "exempt from VAT" : "with VAT");
const name = (hint: string): Field => ({ name: "name", text: "Name", needed: "Give it a name.", hint, taken: [] });
const percent = (field: string, text: string, more: Partial<Field> = {}): Field => ({ name: field, text, kind: "number", most: 100, needed: "Give a number from 0 to 100.", ...more });
const hours = (text: string) => text.split(/(?<=\d\d:\d\d)\s*[,;]/).map((one) => one.trim()).filter(Boolean);

/** “14 days: 0 %, 7 days: 50 %” */
function steps(text: string): Step[] | Error {
  const found = text.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean);
  const read = found.map((one) => /^(\d{1,3})\s*(?:days?)?\s*[:=]\s*(\d{1,3})\s*%?$/i.exec(one));
  if (read.some((one) => !one || Number(one[1]) > 730 || Number(one[2]) > 100)) return new Error("Type days and per cent, such as 14 days: 0 %, 7 days: 50 %.");
  return read.map((one) => ({ days: Number(one![1]), percent: Number(one![2]) })).sort((a, b) => b.days - a.days);
}
const stepsText = (all: readonly Step[]) => all.map((one) => `${plural(one.days, `${one.days} day`, `${one.days} days`)}: ${one.percent} %`).join(", ");

export function tariffParts(tariffs: Tariffs, rooms: readonly Option[], things: readonly Option[], layouts: readonly Option[], called: Called): { all: Sentence[]; fresh: Sentence }[] {
  const thing = wordsOf(things);
  const laidOut: Field = { name: "layouts", text: "Laid out as", kind: "many", options: layouts, hint: "None: in any layout.", more: true };
  const where = [...whereFields(rooms), PARTIES, ...(layouts.length ? [laidOut] : [])];
  const rate: Part<Rate> = {
    kind: "rate",
    added: "New price",
    fields: [
      name("It stands on every quote."),
      { name: "per_hour_pence", text: "Pounds an hour", kind: "pounds", needed: "Give pounds an hour or for each booking; 0 is free.", unless: ["flat_pence"], hint: "Such as 18.50; 0 is free. Empty: only what is below." },
      { name: "flat_pence", text: "Pounds for each booking", kind: "pounds", hint: "On top; usually empty." },
      { name: "hours", text: "Times", hint: "Such as Mon-Fri 18:00-22:00; empty: always.", read: hours, show: (all: string[]) => all.join(", ") },
      { name: "modes", text: "Only", kind: "many", options: MODES, hint: "None: at any time.", more: true },
      { name: "each_seat", text: "For each place of a pool", kind: "yes", more: true },
      ...(tariffs.vat_percent === null ? [] : [VAT_OF_ITS_OWN]),
      ...where,
    ],
    say: (one) => {
      const price = [one.per_hour_pence === null ? "" : one.per_hour_pence ? `${pounds(one.per_hour_pence)} an hour` : "free", one.flat_pence ? `${pounds(one.flat_pence)} for each booking` : ""].filter(Boolean);
      const when = [...one.hours, ...one.modes.map(modeText)];
      return `${one.name}: ${price.join(" and ") || "no price"}${one.each_seat ? " for each place" : ""}${whereText(one, called)}${when.length ? `, ${when.join(", ")}` : ""}${one.vat ? `, ${vatText(one.vat)}` : ""}.`;
    },
  };
  const limit: Part<Limit> = {
    kind: "limit",
    added: "New least or most",
    fields: [
      name("Such as “Shortest hire”."),
      { name: "minimum_minutes", text: "Charged for at least so many minutes", kind: "number", least: 1, most: 1440, hint: "Empty: as long as it is.", needed: "Fill at least one of these four.", unless: ["minimum_pence", "day_cap_pence", "booking_cap_pence"] },
      { name: "minimum_pence", text: "At least so many pounds", kind: "pounds", hint: "Empty: no least." },
      { name: "day_cap_pence", text: "At most so many pounds a day", kind: "pounds", hint: "Empty: no most." },
      { name: "booking_cap_pence", text: "At most so many pounds a booking", kind: "pounds", hint: "Empty: no most." },
      ...where,
    ],
    say: (one) => {
      const parts = [
        one.minimum_minutes === null ? "" : `at least ${durationText(one.minimum_minutes)}`,
        one.minimum_pence === null ? "" : `at least ${pounds(one.minimum_pence)}`,
        one.day_cap_pence === null ? "" : `at most ${pounds(one.day_cap_pence)} a day`,
        one.booking_cap_pence === null ? "" : `at most ${pounds(one.booking_cap_pence)} a booking`,
      ];
      return `${one.name}: ${parts.filter(Boolean).join(", ") || "no limit"}${whereText(one, called)}.`;
    },
  };
  const allowance: Part<Allowance> = {
    kind: "allowance",
    added: "New free hours",
    fields: [
      name("Such as “Free hours of residents”."),
      { name: "free_hours", text: "Free hours of each party", kind: "number", least: 1, most: 10_000, needed: "Give the hours." },
      { name: "per", text: "In a", kind: "choice", options: [{ value: "month", words: "Month" }, { value: "year", words: "Year" }] },
      ...where,
    ],
    say: (one) => `${one.name}: the first ${plural(one.free_hours, `${one.free_hours} hour`, `${one.free_hours} hours`)} of each party in a ${one.per} are free${whereText(one, called)}.`,
    blank: (body, list) => ({ id: idOf(String(body.name ?? ""), list.map((one) => one.id)), per: "month" }),
  };
  const discount: Part<Discount> = {
    kind: "discount",
    added: "New discount",
    fields: [
      name("Such as “Whole term”."),
      percent("percent", "Per cent off", { least: 1, needed: "Give the per cent, from 1 to 100." }),
      { name: "dates", text: "For a series of at least so many dates", kind: "number", least: 1, most: 10_000, hint: "Such as 10. Empty: by hours.", needed: "Give the dates or the hours.", unless: ["total_hours"] },
      { name: "total_hours", text: "Or of so many hours in all", kind: "number", least: 1, most: 10_000 },
      ...where,
    ],
    say: (one) => {
      const from = [one.dates === null ? "" : plural(one.dates, `${one.dates} date`, `${one.dates} dates`), one.total_hours === null ? "" : plural(one.total_hours, `${one.total_hours} hour`, `${one.total_hours} hours`)].filter(Boolean);
      return `${one.name}: ${one.percent} % off${from.length ? ` from ${from.join(" and ")} on` : ""}${whereText(one, called)}.`;
    },
  };
  const equipment: Part<Tariffs["equipment"][number]> = {
    kind: "equipment",
    added: "New price of equipment",
    fields: [
      { name: "equipment", text: "Equipment", kind: "choice", options: things, needed: "Choose the equipment; add it under Rooms first." },
      { name: "per_use_pence", text: "Pounds each for a booking", kind: "pounds", needed: "Give the pounds." },
    ],
    say: (one) => `${thing(one.equipment)}: ${pounds(one.per_use_pence)} each for a booking.`,
  };
  const cancelling: Part<Cancelling> = {
    kind: "cancelling",
    added: "New charge for cancelling",
    fields: [
      name("Such as “Cancelling”."),
      { name: "steps", text: "Days before, and per cent to pay", hint: "Such as 14 days: 0 %, 7 days: 50 %.", read: steps, show: stepsText },
      percent("late_percent", "Per cent when it is later than that"),
      percent("no_show_percent", "Per cent when nobody comes"),
      ...where,
    ],
    say: (one) => {
      const said = [...one.steps].sort((a, b) => b.days - a.days).map((step) => `${plural(step.days, `${step.days} day or more before`, `${step.days} days or more before`)}: ${step.percent ? `${step.percent} %` : "free"}`);
      return `Cancelling (“${one.name}”)${whereText(one, called)}: ${[...said, `later: ${one.late_percent} %`].join("; ")}. If nobody comes: ${one.no_show_percent} %.`;
    },
    blank: () => ({ late_percent: 100, no_show_percent: 100 }),
  };
  return [
    partOf("rates", tariffs.rates, rate),
    partOf("limits", tariffs.limits, limit),
    partOf("allowances", tariffs.allowances, allowance),
    partOf("discounts", tariffs.discounts, discount),
    partOf("equipment", tariffs.equipment, equipment),
    partOf("cancelling", tariffs.cancelling, cancelling),
  ];
}

/** Value added tax, once for all prices. */
export function vatSentence({ vat, vat_percent, gross }: Tariffs): Sentence {
  const say = (body: Body) => {
    if (body.vat_percent === null) return "No VAT is charged.";
    return `VAT is ${Number(body.vat_percent)} %${body.vat === "exempt" ? " where a price says so; the others are exempt" : ""}. Prices ${body.gross ? "hold it already" : "are without it"}.`;
  };
  return {
    key: "vat",
    text: say({ vat, vat_percent, gross }),
    say,
    thing: { vat, vat_percent, gross },
    fields: [
      { name: "vat_percent", text: "Per cent of VAT", hint: "Such as 20. Empty: no VAT is charged.", read: readPercent },
      { name: "vat", text: "Prices are", kind: "choice", options: VATS },
      { name: "gross", text: "Prices hold it already", kind: "yes" },
    ],
    save: (body) => body,
  };
}

function readPercent(text: string): string | null | Error {
  if (!text) return null;
  return /^\d{1,2}(\.\d{1,2})?$/.test(text) ? text : new Error("Type a number from 0 to 99.99.");
}

/** What new tariffs would change, as the controller says it. */
export interface TariffEffect {
  shifts: { title: string; before: string; after: string }[];
  kept: number;
  examples: { space: string; tier: string; starts: string; ends: string; before: string; after: string }[];
  overpriced_parts: string[];
}
export function tariffEffectTexts(effect: TariffEffect, room: (id: string) => string, when: (starts: string, ends: string) => string): string[] {
  const said = [
    ...effect.examples.map((one) => `${room(one.space)}, ${wordsOf(TIER_WORDS)(one.tier)}, ${when(one.starts, one.ends)}: ${one.after}; until now ${one.before}.`),
    ...effect.shifts.map((one) => `${one.title}, which waits for a decision: ${one.after}; until now ${one.before}.`),
    ...effect.overpriced_parts,
  ];
  const kept = effect.kept ? [plural(effect.kept, `${effect.kept} confirmed booking keeps its price.`, `${effect.kept} confirmed bookings keep their prices.`)] : [];
  return [...(said.length ? said : ["No usual booking would cost more or less."]), ...kept];
}
const TIER_WORDS: Option[] = [
  { value: "community", words: "a community group" },
  { value: "partner", words: "a partner" },
  { value: "council", words: "a council service" },
  { value: "commercial", words: "a business" },
];

/** A recurrence, as it is chosen in a form. */
import { parseDay } from "../dateTimeInput.ts";
import { type Day, dayPlus, fieldDay } from "../zone.ts";
import { weekdayCode, type RepeatKind, ruleOf } from "./series.ts";

export type Ends = "until" | "count";

/** The default length: ten weeks. */
const AT_FIRST_D = 7 * 9;

/** A recurrence as plain values. */
export interface RecurrenceValues {
  kind: RepeatKind;
  picked: readonly string[] | null;
  own: string;
  ends: Ends;
  until: string | null;
  count: string;
  termOnly: boolean;
  noHolidays: boolean;
}

export class Recurrence {
  kind = $state<RepeatKind>("");
  /** The chosen weekdays; null means the weekday of the first date. */
  picked = $state.raw<readonly string[] | null>(null);
  own = $state("");
  ends = $state<Ends>("until");
  /** The last date as typed; null means the default after the first date. */
  private typed = $state<string | null>(null);
  count = $state("10");
  termOnly = $state(false);
  noHolidays = $state(false);

  /** `until`: the last date of an existing series. */
  constructor(until: Day | null = null) {
    this.typed = until && fieldDay(until);
  }

  static of({ until, ...rest }: RecurrenceValues): Recurrence {
    const found = Object.assign(new Recurrence(), rest);
    found.typed = until;
    return found;
  }

  values(): RecurrenceValues {
    const { kind, picked, own, ends, typed, count, termOnly, noHolidays } = this;
    return { kind, picked, own, ends, until: typed, count, termOnly, noHolidays };
  }

  /** The text in the field of the last date. */
  until(day: Day): string {
    return this.typed ?? fieldDay(dayPlus(day, AT_FIRST_D));
  }

  setUntil(text: string): void {
    this.typed = text;
  }

  days(day: Day): readonly string[] {
    return this.picked ?? [weekdayCode(day)];
  }

  toggle(one: string, day: Day): void {
    const days = this.days(day);
    this.picked = days.includes(one) ? days.filter((other) => other !== one) : [...days, one];
  }

  /** The rule of a series that begins on `day`; empty while it is invalid. */
  rule(day: Day): string {
    if (this.kind === "" || this.faults(day).length) return "";
    if (this.kind === "own") return this.own.trim();
    const rule = ruleOf(this.kind, day, this.days(day));
    if (this.ends === "until") return `${rule};UNTIL=${parseDay(this.until(day), day, "next")!.replaceAll("-", "")}`;
    return `${rule};COUNT=${Number(this.count)}`;
  }

  /** Errors in the recurrence. */
  faults(day: Day): { field: string; text: string }[] {
    if (this.kind === "") return [];
    if (this.kind === "own") return this.own.trim() ? [] : [{ field: "rule", text: "Write a rule, such as FREQ=WEEKLY;COUNT=10." }];
    const byWeek = this.kind === "week" || this.kind === "fortnight";
    const last = parseDay(this.until(day), day, "next");
    const times = Number(this.count);
    return [
      byWeek && !this.days(day).length && { field: "weekdays", text: "Tick at least one day of the week." },
      this.ends === "until" && !last && { field: "until", text: `Write the last date like ${fieldDay(day)}.` },
      this.ends === "until" && last && last < day && { field: "until", text: "The last date is before the first." },
      this.ends === "count" &&
        !(Number.isInteger(times) && times > 0) && { field: "count", text: "Write how many times as a whole number." },
    ].filter((one): one is { field: string; text: string } => Boolean(one));
  }
}

/** The user's choices for the dates of a checked series. */
import { type Choice, choicesOf, defaultChoice, type Fallback, type SeriesDate, type WireChoice } from "./series.ts";

export class SeriesChoices {
  /** What to do with dates that cannot be booked, unless something else is chosen. */
  fallback: Fallback = $state("skip");
  /** Whether buffers (set-up, clear-down, change-over) are overruled. */
  overrule = $state(false);
  private byDate = $state.raw<ReadonlyMap<string, Choice>>(new Map());

  constructor(fallback: Fallback) {
    this.fallback = fallback;
  }

  choose(one: SeriesDate, choice: Choice): void {
    this.byDate = new Map(this.byDate).set(one.occurrence, choice);
  }

  /** The choice for a date; null if nothing can be done with it. */
  readonly of = (one: SeriesDate): Choice | null => {
    const own = this.byDate.get(one.occurrence);
    return own && (!own.startsWith("move") || one.moves[Number(own.slice(4))]) ? own : defaultChoice(one, this.fallback);
  };

  /** The choices as the API takes them. */
  wire(dates: readonly SeriesDate[]): Record<string, WireChoice> {
    return choicesOf(dates, this.of);
  }
}

/** The dates that cancelling a series would cancel. Pure. */
import { plural } from "../language.ts";
import { dayOf, type Instant, shortDay } from "../zone.ts";
import type { Scope, StandingDate } from "./series.ts";

const ACTIVE: readonly (string | null)[] = ["requested", "held", "expired", "confirmed", "arrived"];

/** The dates that would be cancelled: all active dates that are not over, or those from `from` on. */
export function datesToCancel(dates: readonly StandingDate[], scope: Scope, from: Instant, now: Instant): StandingDate[] {
  return dates.filter(
    ({ booking, starts, ends, status }) =>
      booking &&
      starts &&
      ends &&
      ACTIVE.includes(status) &&
      Date.parse(ends) > now &&
      (scope === "all" || Date.parse(starts) >= from),
  );
}

/** "Thu 24 Dec, Thu 31 Dec, Thu 7 Jan 2027": days in order, with the year where it changes. */
export function dateList(dates: readonly StandingDate[], zone: string, now: Instant): string {
  let year = dayOf(now, zone).slice(0, 4);
  return dates
    .map(({ starts }) => {
      const day = dayOf(Date.parse(starts!), zone);
      const same = day.startsWith(year);
      year = day.slice(0, 4);
      return same ? shortDay(day) : `${shortDay(day)} ${year}`;
    })
    .join(", ");
}

/** "1 date", "3 dates" */
export function dateCount(n: number): string {
  return plural(n, `${n} date`, `${n} dates`);
}

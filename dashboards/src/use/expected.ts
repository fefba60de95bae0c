/** What is expected in the days ahead. Pure. */
import { type Day, dayOf, minutesOf } from "../zone.ts";

export interface ExpectedHour {
  starts: string;
  ends: string;
  expected: number;
  low: number;
  high: number;
  level: "quiet" | "busy" | "";
  note: string;
}
export interface DayAhead {
  day: Day;
  used_from: string | null;
  used_until: string | null;
  booked_from: string | null;
  expected: number | null;
}
export interface Forecast {
  doors: string[];
  counted_days: number;
  left_out: string[];
  why_none: string;
  items: ExpectedHour[];
  days: DayAhead[];
}

/** `level`: 0 to 4, by the busiest hour of all; -1: over, or never counted. */
export interface Cell {
  text: string;
  level: number;
}

/** The hours of a local day; of two that the clock shows alike, in the night when it goes back, both. */
export const hoursOf = (items: readonly ExpectedHour[], day: Day, zone: string): ExpectedHour[] => items.filter(({ starts }) => dayOf(Date.parse(starts), zone) === day);

/** A row for each hour of the clock in which somebody is expected on one of the days, with a cell for each day. */
export function ahead(found: Pick<Forecast, "items" | "days">, zone: string): { hour: number; cells: Cell[] }[] {
  const most = Math.max(1, ...found.items.map(({ expected }) => expected));
  const at = new Map<string, number>();
  for (const { starts, expected } of found.items) {
    const start = Date.parse(starts);
    const key = `${dayOf(start, zone)} ${Math.floor(minutesOf(start, zone) / 60)}`;
    at.set(key, (at.get(key) ?? 0) + expected);
  }
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => found.days.some(({ day }) => (at.get(`${day} ${hour}`) ?? 0) >= 0.5));
  const [first, last] = [hours[0] ?? 0, hours.at(-1) ?? -1];
  return Array.from({ length: last - first + 1 }, (_, n) => {
    const hour = first + n;
    const cells = found.days.map(({ day }) => {
      const expected = at.get(`${day} ${hour}`);
      return expected === undefined ? { text: "", level: -1 } : { text: `${Math.round(expected)}`, level: expected < 0.5 ? 0 : Math.min(4, Math.ceil((4 * expected) / most)) };
    });
    return { hour, cells };
  });
}

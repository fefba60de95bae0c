/** Finds out in the diary whether a save whose answer was lost was carried out. */
import { get } from "../api.ts";
import { type Booking, toBooking, type WireBooking } from "../model.ts";
import { detailsOf, type FormValues, formOf } from "./formValues.ts";

/** The booking as it is now, if a change of it was saved; null if not. `before`: as it was when it was changed. */
export async function findSavedChange(before: Booking, form: FormValues, zone: string): Promise<Booking | null> {
  const one = toBooking(await get<WireBooking>(`/bookings/${before.id}`));
  const same = JSON.stringify(detailsOf(formOf(one, zone))) === JSON.stringify(detailsOf(form));
  return one.version > before.version && same ? one : null;
}

export interface CreatedQuery {
  site: string;
  space: string;
  title: string;
  starts: string;
  ends: string;
  series: boolean;
  /** What was in the diary before. */
  known: ReadonlySet<string>;
}

/** The booking, or the first date of a series, that was made; null if there is none. */
export async function findCreatedBooking(wanted: CreatedQuery): Promise<Booking | null> {
  const { items } = await get<{ items: WireBooking[] }>(`/sites/${wanted.site}/bookings`, { from: wanted.starts, to: wanted.ends });
  const one = items.find(
    (one) =>
      !wanted.known.has(one.id) &&
      one.space === wanted.space &&
      one.title === wanted.title &&
      one.starts.startsWith(wanted.starts) &&
      Boolean(one.series) === wanted.series &&
      one.actions.includes("change"),
  );
  return one ? toBooking(one) : null;
}

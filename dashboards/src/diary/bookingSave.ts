/** Saves a booking at most once, finds out whether a save with a lost answer succeeded, and explains refusals. */
import { errorText, get, newKey, Refusal, send, Unreachable } from "../api.ts";
import { type Booking, type Conflict, toBooking, type WireBooking } from "../model.ts";
import { dayOf, shortDay, span } from "../zone.ts";
import { detailsOf, formOf, type FormValues } from "./formValues.ts";

/** Whether it is unknown if the write happened, because the controller was interrupted during it. */
export function isOutcomeUnknown(fault: unknown): boolean {
  return fault instanceof Refusal && (fault.kind === "outcome-unknown" || fault.status >= 500);
}

/**
 * A request that is sent again after no answer has the same key. Any answer ends the key: the next press is a new
 * request.
 */
export class IdempotentWrite {
  private key = "";
  private request = "";

  /** Whether the answer to a write is missing. */
  get open(): boolean {
    return this.request !== "";
  }

  async send<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
    const request = `${method} ${path} ${JSON.stringify(body)}`;
    if (this.request !== request) [this.request, this.key] = [request, newKey()];
    try {
      const answer = await send<T>(method, path, body, this.key);
      this.request = "";
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Unreachable)) this.request = "";
      throw thrown;
    }
  }
}

/** The booking as it is now, if the change was saved; null if not. `before`: as it was before the change. */
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
  /** Ids of the bookings in the diary before the write. */
  known: ReadonlySet<string>;
}

/** The created booking, or the first date of a created series; null if there is none. */
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

/** Why a booking or a series could not be saved, as text. */
export function refusalText(thrown: Refusal, zone: string, nameOf: (space: string) => string): string {
  if (thrown.errors.length) {
    const dates = thrown.errors.map(({ field, message }) => `${shortDay(field)}: ${message}`);
    return `Nothing was saved. ${dates.join("; ")}. Choose again for these dates.`;
  }
  const clashes = thrown.reasons.filter(({ kind }) => kind === "clash").flatMap(({ conflicts }) => conflicts);
  const named = ({ title, space, starts, ends }: Conflict) => {
    const at = Date.parse(starts);
    return `${title}, ${shortDay(dayOf(at, zone))}, ${span(at, Date.parse(ends), zone)}, ${nameOf(space)}`;
  };
  return clashes.length ? `Just taken: ${clashes.map(named).join("; ")}.` : errorText(thrown);
}

/** Unsaved form input in session storage: it survives reloads, until the tab is closed. */
import type { FormValues } from "./formValues.ts";
import type { RecurrenceValues } from "./recurrence.svelte.ts";

export interface FormDraft {
  form: FormValues;
  recurrence: RecurrenceValues;
  /** Whether the form was open when the page was left: then it is opened again as it was. */
  open: boolean;
}

const PREFIX = /* not words */ "hk-form ";

/** The storage key of one user's form: of a booking, or of a new booking in a building. */
function place(user: string, site: string, booking: string): string {
  return PREFIX + JSON.stringify([user, site, booking]);
}

export const formDrafts = {
  put(user: string, site: string, booking: string, what: FormDraft): void {
    try {
      sessionStorage.setItem(place(user, site, booking), JSON.stringify(what));
    } catch {
      // Storage is full or forbidden: the form works, but a reload loses it.
    }
  },
  find(user: string, site: string, booking: string): FormDraft | null {
    try {
      return JSON.parse(sessionStorage.getItem(place(user, site, booking)) ?? "null") as FormDraft | null;
    } catch {
      return null;
    }
  },
  forget(user: string, site: string, booking: string): void {
    sessionStorage.removeItem(place(user, site, booking));
  },
};

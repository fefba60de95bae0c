/** What was typed into a form that was not saved, until it is put back: over a reload too, and until the tab is closed. */
import type { Filled } from "./filled.ts";
import type { Repeating } from "./rhythm.svelte.ts";

export interface Kept {
  form: Filled;
  rhythm: Repeating;
  /** Whether the form was open when the page was left: then it is opened again as it was. */
  open: boolean;
}

const PREFIX = "hk-form ";

/** The place of one user's form: of a booking, or of a new one in a building. */
function place(user: string, site: string, booking: string): string {
  return PREFIX + JSON.stringify([user, site, booking]);
}

export const kept = {
  put(user: string, site: string, booking: string, what: Kept): void {
    try {
      sessionStorage.setItem(place(user, site, booking), JSON.stringify(what));
    } catch {
      // Storage that is full or forbidden: the form works on, and is lost with the page.
    }
  },
  find(user: string, site: string, booking: string): Kept | null {
    try {
      return JSON.parse(sessionStorage.getItem(place(user, site, booking)) ?? "null") as Kept | null;
    } catch {
      return null;
    }
  },
  forget(user: string, site: string, booking: string): void {
    sessionStorage.removeItem(place(user, site, booking));
  },
};

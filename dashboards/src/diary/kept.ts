/** What was typed into a form that was left without saving, until it is put back. It ends with the page. */
import type { Filled } from "./filled.ts";
import type { Rhythm } from "./rhythm.svelte.ts";

export interface Kept {
  form: Filled;
  rhythm: Rhythm;
}

const all = new Map<string, Kept>();

/** The place of one user's form: of a booking, or of a new one in a building. */
function place(user: string, site: string, booking: string): string {
  return JSON.stringify([user, site, booking]);
}

export const kept = {
  put(user: string, site: string, booking: string, what: Kept): void {
    all.set(place(user, site, booking), what);
  },
  find(user: string, site: string, booking: string): Kept | null {
    return all.get(place(user, site, booking)) ?? null;
  },
  forget(user: string, site: string, booking: string): void {
    all.delete(place(user, site, booking));
  },
};

/** What is typed into the form, in session storage: it survives reloads, until the tab is closed. */
import type { ClosureValues } from "./closure.ts";
import type { Choice } from "./decisions.ts";

export interface ClosureDraft {
  values: ClosureValues;
  chosen: Record<string, Choice>;
}

const place = (user: string, site: string) => /* not words */ `hk-closure ${JSON.stringify([user, site])}`;

export const drafts = {
  put(user: string, site: string, draft: ClosureDraft): void {
    try {
      sessionStorage.setItem(place(user, site), JSON.stringify(draft));
    } catch {
      // Storage is full or forbidden: the form works, but a reload loses it.
    }
  },
  find(user: string, site: string): ClosureDraft | null {
    try {
      return JSON.parse(sessionStorage.getItem(place(user, site)) ?? "null") as ClosureDraft | null;
    } catch {
      return null;
    }
  },
  forget(user: string, site: string): void {
    sessionStorage.removeItem(place(user, site));
  },
};

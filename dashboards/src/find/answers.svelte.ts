/** What somebody who looks for a space has answered. It is kept in the tab, so that a reload loses nothing. */
import { session } from "../session.svelte.ts";
import { type Answers, changed, NOTHING } from "./find.ts";

const key = () => `hk-find ${session.user}`;

function kept(): Answers {
  try {
    return { ...NOTHING, ...(JSON.parse(sessionStorage.getItem(key()) ?? "{}") as Partial<Answers>) };
  } catch {
    return NOTHING;
  }
}

let all = $state.raw<Answers>(NOTHING);

export const answers = {
  get all(): Answers {
    return all;
  },
  /** Reads what is kept; another user may have signed in since. */
  open(): void {
    all = kept();
  },
  /** Forgets what is not kept once nobody is signed in. Call it when the page is left. */
  close(): void {
    if (!session.user) all = NOTHING;
  },
  set(change: Partial<Answers>): void {
    // Signing out wipes what is kept; nothing is written after that.
    if (!session.user) return;
    all = changed(all, change);
    try {
      sessionStorage.setItem(key(), JSON.stringify(all));
    } catch {
      // Storage is full or forbidden: the page works, but a reload loses the answers.
    }
  },
  /** Forgets when and what for; who comes, what is needed and where stays, since the next search is often alike. */
  again(): void {
    const { people, under16s, party, stepFree, amenities, equipment, where, near, site, miles, spot, contactName, contactPhone } = all;
    answers.set({ ...NOTHING, people, under16s, party, stepFree, amenities, equipment, where, near, site, miles, spot, contactName, contactPhone });
  },
};

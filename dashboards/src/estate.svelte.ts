/** The buildings that the user may see; fetched once. */
import { getAll } from "./api.ts";
import type { Site } from "./model.ts";

const LAST = "hk-site";

let sites = $state.raw<Site[] | null>(null);
let asked: Promise<Site[]> | null = null;

export const estate = {
  get sites(): Site[] | null {
    return sites;
  },
  async load(): Promise<void> {
    asked ??= getAll<Site>("/sites");
    try {
      sites = await asked;
    } finally {
      asked = null;
    }
  },
  forget(): void {
    sites = null;
  },
  /** The site with this id, else the last one viewed, else the first. */
  pick(asked: string): Site | null {
    if (!sites) return null;
    const find = (id: string | null) => sites?.find((one) => one.id === id);
    const found = asked ? find(asked) : (find(localStorage.getItem(LAST)) ?? sites[0]);
    if (found) localStorage.setItem(LAST, found.id);
    return found ?? null;
  },
};

/** What a browser remembers of an import while it runs: so that a page that was closed half-way can say what is stored. */
import type { KindId } from "./kinds.ts";

export interface Marker {
  kind: KindId;
  done: number;
  of: number;
  at: number;
}

const key = (site: string) => `hk-import-${site}`;

export function marked(site: string): Marker | null {
  try {
    return JSON.parse(localStorage.getItem(key(site)) ?? "null") as Marker | null;
  } catch {
    return null;
  }
}

export function mark(site: string, marker: Marker | null): void {
  if (marker) localStorage.setItem(key(site), JSON.stringify(marker));
  else localStorage.removeItem(key(site));
}

/** A hand count that a phone keeps, so that neither a reload nor a lost network loses a tap. Pure but for `Storage`. */
import { plural } from "../language.ts";

export interface Kept {
  /** Of the count, as the controller named it. */
  id: string;
  counter: string;
  /** When it began and when it was stopped, in the controller's time. */
  startedAt: number;
  stoppedAt: number | null;
  /** "iio": who passed, in order. */
  taps: string;
  /** With which the end is sent, however often: it counts once. */
  key: string;
}

export const ENOUGH_MS = 15 * 60_000;
export const SHORTEST_MS = 10 * 60_000;

export const tapped = (kept: Kept, way: "i" | "o"): Kept => ({ ...kept, taps: kept.taps + way });
export const takenBack = (kept: Kept): Kept => ({ ...kept, taps: kept.taps.slice(0, -1) });
export const passed = ({ taps }: Kept) => {
  const ins = taps.split("i").length - 1;
  return { ins, outs: taps.length - ins };
};
/** What the controller is told once it is over. */
export const endOf = (kept: Kept) => ({ ...passed(kept), ends_at: new Date(kept.stoppedAt ?? kept.startedAt).toISOString() });

/** "7 minutes of 15" */
export function elapsedText(kept: Kept, now: number): string {
  const minutes = Math.max(0, Math.floor(((kept.stoppedAt ?? now) - kept.startedAt) / 60_000));
  return minutes >= 15 ? plural(minutes, `${minutes} minute: enough`, `${minutes} minutes: enough`) : `${minutes} of 15 minutes`;
}

const name = (site: string) => `hand-count.${site}`;
export function load(storage: Pick<Storage, "getItem">, site: string): Kept | null {
  try {
    const found = JSON.parse(storage.getItem(name(site)) ?? "null") as Kept | null;
    return found && typeof found.id === "string" && /^[io]*$/.test(found.taps) ? found : null;
  } catch {
    return null;
  }
}
export function keep(storage: Pick<Storage, "setItem" | "removeItem">, site: string, kept: Kept | null): void {
  if (kept) storage.setItem(name(site), JSON.stringify(kept));
  else storage.removeItem(name(site));
}

/** What its user has seen and needs no more, kept in this browser for a week. */
const WEEK_MS = 7 * 86_400_000;

export class Seen {
  private until = $state.raw<Readonly<Record<string, number>>>({});
  private readonly store: string;

  constructor(user: string, site: string, now: number) {
    this.store = `hk-seen ${site} ${user}`;
    try {
      const kept = JSON.parse(localStorage.getItem(this.store) ?? "{}") as Record<string, number>;
      this.until = Object.fromEntries(Object.entries(kept).filter(([, until]) => until > now));
    } catch {
      // What something else has written there is left out.
    }
  }

  has(key: string): boolean {
    return key in this.until;
  }

  add(keys: readonly string[], now: number): void {
    this.keep({ ...this.until, ...Object.fromEntries(keys.map((key) => [key, now + WEEK_MS])) });
  }

  remove(keys: readonly string[]): void {
    this.keep(Object.fromEntries(Object.entries(this.until).filter(([key]) => !keys.includes(key))));
  }

  private keep(until: Record<string, number>): void {
    this.until = until;
    try {
      localStorage.setItem(this.store, JSON.stringify(until));
    } catch {
      // Storage is full or forbidden: what was seen comes back after a reload.
    }
  }
}

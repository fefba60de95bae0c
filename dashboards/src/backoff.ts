/** Milliseconds to wait before try number `attempt` (from 0): doubling from half a second to 15, with jitter. */
export function backoffDelay(attempt: number, random: () => number = Math.random): number {
  return Math.min(15_000, 500 * 2 ** attempt) * (0.6 + 0.4 * random());
}

/** The language of the pages, for dates; "en" has September in three letters, as the server does. A build for another one puts its own in place of this file (`docs/words.md`). */
export const LANGUAGE = "en";

/** The form for a count: `plural(n, \`${n} day\`, \`${n} days\`)`. Another language has as many as CLDR gives it. */
export function plural(n: number, one: string, other: string): string {
  return n === 1 ? one : other;
}

/** Creates a group from the booking form. */
import { Refusal, send } from "../api.ts";

const LONGEST = 40;
const MOST_TRIES = 5;

/** An id made from a name: “St Mary’s Choir” is st-marys-choir. Empty if no letter or digit is left. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f'’]/g, "");
  return trimmed(plain.replace(/[^a-z0-9]+/g, "-"));
}

/** Creates a party, a group unless `more` says otherwise, that belongs to the site, or to all. If its id is taken, a number is appended. */
export async function createParty<T extends { id: string; name: string }>(name: string, site: string | null, more?: object): Promise<T> {
  const slug = slugOf(name) || "group";
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? slug : `${trimmed(slug.slice(0, LONGEST - 2))}-${n}`;
    try {
      return await send("PUT", `/parties/${id}`, { kind: "group", name, site, version: 0, ...more });
    } catch (thrown) {
      const taken = thrown instanceof Refusal && (thrown.status === 409 || thrown.status === 403);
      if (!taken || n === MOST_TRIES) throw thrown;
    }
  }
}

function trimmed(slug: string): string {
  return slug.replace(/^-+/, "").slice(0, LONGEST).replace(/-+$/, "");
}

/** What several parts of the account show is fetched once for all that ask before the answer is there. */
import { get, writes } from "../api.ts";

const asked = new Map<string, Promise<unknown>>();

/** Nothing that was asked for before a change is an answer to what is asked after it. */
export function getTogether<T>(path: "/session/email" | "/sign-in-options" | "/session/accounts" | "/session/second-factor" | "/passkeys"): Promise<T> {
  const key = `${writes} ${path}`;
  if (!asked.has(key)) asked.set(key, get(path).finally(() => asked.delete(key)));
  return asked.get(key) as Promise<T>;
}

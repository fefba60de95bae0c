/** What several parts of the account show is fetched once for all that ask before the answer is there. */
import { get } from "../api.ts";

const asked = new Map<string, Promise<unknown>>();

export function getTogether<T>(path: "/session/email" | "/sign-in-options" | "/session/accounts" | "/session/second-factor" | "/passkeys"): Promise<T> {
  let answer = asked.get(path);
  if (!answer) {
    const mine: Promise<unknown> = get(path).finally(() => asked.get(path) === mine && asked.delete(path));
    answer = mine;
    asked.set(path, answer);
  }
  return answer as Promise<T>;
}

/** What is asked from now on is not answered by what was asked before: something has changed. */
export const askAgain = (): void => asked.clear();

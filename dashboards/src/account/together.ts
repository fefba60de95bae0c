/** What several parts of the account show is fetched once for all that ask before the answer is there. */
import { get } from "../api.ts";

const asked = new Map<string, Promise<unknown>>();

export function getTogether<T>(path: "/session/email" | "/sign-in-options" | "/session/accounts" | "/session/second-factor" | "/passkeys"): Promise<T> {
  let answer = asked.get(path);
  if (!answer) {
    answer = get(path).finally(() => asked.delete(path));
    asked.set(path, answer);
  }
  return answer as Promise<T>;
}

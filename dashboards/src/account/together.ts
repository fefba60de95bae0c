/** What several parts of the account show is fetched once for all that ask before the answer is there. What the account
 * changes goes through `send` here, and nothing asked before it ended is an answer to what is asked after it. */
import { get, send as sent } from "../api.ts";

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

/** As that of the API; also where it fails, since it may have been done. */
export const send: typeof sent = async (...what) => {
  try {
    return await sent(...what);
  } finally {
    asked.clear();
  }
};

/** Writes of a form that are done at most once, however often they are sent. */
import { newKey, Refusal, send, Unreachable } from "../api.ts";

/** Nobody knows whether the write was carried out: the controller was interrupted while it was at it. */
export function isUnknown(fault: unknown): boolean {
  return fault instanceof Refusal && (fault.kind === "outcome-unknown" || fault.status >= 500);
}

/**
 * The same wish sent again after no answer carries its key again. Whatever was answered ends the key: the next press is a
 * new wish, to be judged anew.
 */
export class Once {
  private key = "";
  private wish = "";

  /** Whether a wish is under way whose answer has not come. */
  get open(): boolean {
    return this.wish !== "";
  }

  async send<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
    const wish = `${method} ${path} ${JSON.stringify(body)}`;
    if (this.wish !== wish) [this.wish, this.key] = [wish, newKey()];
    try {
      const answer = await send<T>(method, path, body, this.key);
      this.wish = "";
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Unreachable)) this.wish = "";
      throw thrown;
    }
  }
}

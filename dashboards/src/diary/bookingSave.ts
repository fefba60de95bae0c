/** Writes of a form that are done at most once, however often they are sent. */
import { newKey, Refusal, send, Unreachable } from "../api.ts";

/** Nobody knows whether the write was carried out: the controller was interrupted while it was at it. */
export function isOutcomeUnknown(fault: unknown): boolean {
  return fault instanceof Refusal && (fault.kind === "outcome-unknown" || fault.status >= 500);
}

/**
 * The same request sent again after no answer carries its key again. Whatever was answered ends the key: the next press is a
 * new request.
 */
export class IdempotentWrite {
  private key = "";
  private request = "";

  /** Whether a request is under way whose answer has not come. */
  get open(): boolean {
    return this.request !== "";
  }

  async send<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
    const request = `${method} ${path} ${JSON.stringify(body)}`;
    if (this.request !== request) [this.request, this.key] = [request, newKey()];
    try {
      const answer = await send<T>(method, path, body, this.key);
      this.request = "";
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Unreachable)) this.request = "";
      throw thrown;
    }
  }
}

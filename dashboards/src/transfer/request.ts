/** Requests whose bodies or answers are files; here, so that the first page of others is lighter. */
import { Refusal, Unreachable } from "../api.ts";

/** Raises `Refusal` or `Unreachable`. */
export async function request(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(`/api/v1${path}`, init).catch((fault: unknown) => {
    throw init.signal?.aborted ? fault : new Unreachable();
  });
  if (answer.ok) return answer;
  if (answer.status >= 502 && answer.status <= 504) throw new Unreachable();
  throw new Refusal(answer.status, await answer.json().catch(() => ({})), null);
}

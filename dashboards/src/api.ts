/** All REST calls: JSON, problem+json as `Refusal`, an Idempotency-Key on every write. */
import type { Conflict, Reason } from "./model.ts";

const ROOT = "/api/v1";

/** The server refused: RFC 9457 problem details. */
export class Refusal extends Error {
  declare readonly status: number;
  /** The last word of the problem's type. */
  declare readonly kind: string;
  declare readonly title: string;
  declare readonly conflicts: Conflict[];
  /** Why a request is refused. */
  declare readonly reasons: Reason[];
  declare readonly errors: { field: string; message: string }[];
  declare readonly wait_s: number | null;

  constructor(status: number, problem: Partial<Refusal> & { detail?: string; type?: string }, wait_s: number | null) {
    super(problem.detail || problem.title || `The controller answered ${status}.`);
    const kind = problem.type?.split(":").pop() ?? "";
    Object.assign(this, { title: "Refused", conflicts: [], reasons: [], errors: [] }, problem, { status, kind, wait_s });
  }
}

/** No answer: the controller or the network is down. */
export class Unreachable extends Error {
  constructor() {
    super("The controller does not answer. Try again in a moment.");
  }
}

let signedOut: () => void = () => {};

/** `then` is called whenever the server answers that nobody is signed in. */
export function onSignedOut(then: () => void): void {
  signedOut = then;
}

/** How many writes have been answered: what was asked for before one may be older than what it changed. */
export let writes = 0;

/** An idempotency key: a request that is sent again with its key is not executed twice. */
export function newKey(): string {
  // randomUUID is missing on plain http, which a village hall may use.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function get<T>(path: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams(query).toString();
  return send<T>("GET", search ? `${path}?${search}` : path, undefined, undefined, signal);
}

/** Fetches optional data: an error is ignored. Returns a function that cancels it. */
export function getOptional<T>(path: string, then: (found: T) => void): () => void {
  const stop = new AbortController();
  get<T>(path, {}, stop.signal).then(then, () => {});
  return () => stop.abort();
}

export async function send<T>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  key: string = newKey(),
  signal?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["Idempotency-Key"] = key;
  // A file has its own type, which the browser sends.
  const content = body instanceof Blob ? body : JSON.stringify(body);
  if (typeof content === "string") headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(ROOT + path, {
      method,
      headers,
      body: content,
      signal: signal ?? null,
    });
  } catch (fault) {
    if (signal?.aborted && signal.reason.name !== "TimeoutError") throw fault;
    throw new Unreachable();
  } finally {
    if (method !== "GET") writes += 1;
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  // A wrong link or digits of somebody without an account say nothing of who is signed in.
  if (answer.status === 401 && !/^\/(session$|hire-r|displays\/p)/.test(path)) signedOut();
  const problem = await answer.json().catch(() => ({}));
  if (answer.status >= 502 && answer.status <= 504) throw new Unreachable();
  throw new Refusal(answer.status, problem, Number(answer.headers.get("Retry-After")) || null);
}

export async function getAll<T>(path: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let after = "";
  do {
    const page = await get<{ items: T[]; next?: string | null }>(path, { ...query, ...(after && { after }), limit: "200" }, signal);
    items.push(...page.items);
    after = page.next ?? "";
  } while (after);
  return items;
}

/** An error as a sentence for users. */
export function errorText(fault: unknown): string {
  if (fault instanceof Error) return fault.message;
  return String(fault);
}

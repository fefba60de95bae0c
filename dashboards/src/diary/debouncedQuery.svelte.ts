/** A query that waits a moment after the last keystroke; only the last answer counts. */
import { Refusal, errorText } from "../api.ts";

const MOMENT_MS = 250;

export class DebouncedQuery<T> {
  value = $state.raw<T | null>(null);
  /** Whether the answer to the last question is missing. */
  busy = $state(false);
  /** Why there is no answer, as text. */
  fault = $state("");
  /** The server's refusal, if it refused. */
  refusal = $state.raw<Refusal | null>(null);

  /** Asks after the delay; the function it returns cancels that. The last answer stays until the next one. */
  run(question: (signal: AbortSignal) => Promise<T>): () => void {
    const stop = new AbortController();
    this.busy = true;
    const timer = setTimeout(async () => {
      try {
        this.value = await question(stop.signal);
        this.fault = "";
        this.refusal = null;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        this.value = null;
        this.refusal = thrown instanceof Refusal ? thrown : null;
        this.fault = errorText(thrown);
      } finally {
        if (!stop.signal.aborted) this.busy = false;
      }
    }, MOMENT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  clear(): void {
    this.value = null;
    this.busy = false;
    this.fault = "";
    this.refusal = null;
  }
}

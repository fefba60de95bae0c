/** A query that waits a moment after the last keystroke; only the answer to the last one counts. */
import { Refusal, errorText } from "../api.ts";

const MOMENT_MS = 250;

export class DebouncedQuery<T> {
  value = $state.raw<T | null>(null);
  /** Whether the value is not yet the answer to the last question. */
  busy = $state(false);
  /** Why there is no answer, in words. */
  fault = $state("");
  /** The server's no, where it has said one. */
  refusal = $state.raw<Refusal | null>(null);

  /** Asks soon; the function it returns cancels that. The last answer stays until the next one comes. */
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

/** What the server says to what a form asks for: asked a moment after the last keystroke, and only the last counts. */
import { Refusal, words } from "../api.ts";

const MOMENT_MS = 250;

export class Answer<T> {
  value = $state.raw<T | null>(null);
  /** Whether the value is not yet the answer to the last question. */
  busy = $state(false);
  /** Why there is no answer, in words. */
  fault = $state("");
  /** The server's no, where it has said one. */
  refusal = $state.raw<Refusal | null>(null);

  /** Asks soon; what it gives back takes the question back. The last answer stays until the next one comes. */
  ask(question: (signal: AbortSignal) => Promise<T>): () => void {
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
        this.fault = words(thrown);
      } finally {
        if (!stop.signal.aborted) this.busy = false;
      }
    }, MOMENT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }

  forget(): void {
    this.value = null;
    this.busy = false;
    this.fault = "";
    this.refusal = null;
  }
}

/** Work that a user starts: an error is shown, and the page goes on. */
import { errorText } from "./api.ts";
import { notices } from "./notices.svelte.ts";

/** Does something; an error is shown after `failed`. */
export async function attempt(work: () => Promise<unknown>, failed = ""): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    notices.show(failed + errorText(thrown), "bad");
  }
}

/** The work of a button: one thing at a time. */
export class Task {
  busy = $state(false);

  async run(work: () => Promise<unknown>, failed = ""): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await attempt(work, failed);
    this.busy = false;
  }
}

/** A document of a site that is read and written as a whole, such as its policy; each change with an undo. */
import { get, Refusal, send } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { notices } from "../notices.svelte.ts";
import { attempt } from "../task.svelte.ts";
import { type Body, Stale } from "./sentence.ts";

/** What the controller says of a document, besides what it takes. */
const SAID = ["text", "changed_at", "changed_by"];

export class DocumentStore<T extends { version: number }> extends Fetched {
  found = $state.raw<T | null>(null);
  /** How often a change was taken back here: forms then begin with what is so. */
  undone = $state(0);
  private readonly path: string;
  private readonly done: string;

  /** `done`: what is said once a change is written. */
  constructor(path: string, done: string) {
    super();
    [this.path, this.done] = [path, done];
    this.refresh();
  }

  refresh = (): Promise<void> =>
    this.load(
      () => get<T>(this.path),
      (found) => void (this.found = found),
    );

  /** Throws `Stale` where somebody else has written it since it was read. `how`: of the query. */
  async put(change: Body, how = ""): Promise<void> {
    const before = this.found!;
    const version = await this.write({ ...before, ...change }, before.version, how);
    const undo = async () => {
      await this.write({ ...before }, version, how);
      this.undone += 1;
    };
    notices.show(this.done, "ok", () => attempt(undo, "Not undone: "));
  }

  /** What a change would do; writes nothing. */
  check<E>(change: Body): Promise<E> {
    return send<E>("PUT", `${this.path}?check=true`, plain({ ...this.found, ...change }, this.found!.version));
  }

  /** `version`: of what the user saw. Answers the one that it wrote: what is read after that may be somebody else's. */
  private async write(whole: Body, version: number, how: string): Promise<number> {
    try {
      const made = await send<T>("PUT", this.path + how, plain(whole, version));
      await this.refresh();
      return made.version;
    } catch (thrown) {
      if (!(thrown instanceof Refusal && thrown.kind === "stale")) throw thrown;
      await this.refresh();
      throw new Stale();
    }
  }
}

const plain = (whole: Body, version: number) => ({ ...Object.fromEntries(Object.entries(whole).filter(([name]) => !SAID.includes(name))), version });

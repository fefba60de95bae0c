/** One building with its parts: read, and each change written with an undo. */
import { get, Refusal, send } from "../api.ts";
import { estate as sites } from "../estate.svelte.ts";
import { Fetched } from "../fetched.svelte.ts";
import { notices } from "../notices.svelte.ts";
import { attempt } from "../task.svelte.ts";
import { idOf, Overtaken } from "./fields.ts";
import { bodyOf, type Estate, type Kind, NAMES, namedText } from "./things.ts";

type Body = Record<string, unknown>;
type Versioned = { version: number };

export class EstateStore extends Fetched {
  estate = $state.raw<Estate | null>(null);
  readonly site: string;

  constructor(site: string) {
    super();
    this.site = site;
  }

  refresh = (): Promise<void> =>
    this.load(
      () => get<Estate>(`/sites/${this.site}`),
      (found) => void (this.estate = found),
    );

  find(kind: Kind, id: string): (Body & { id: string; name: string; version: number }) | undefined {
    return (this.estate?.[kind] as unknown as (Body & { id: string; name: string; version: number })[]).find((one) => one.id === id);
  }

  /**
   * Writes a thing, a new one where `id` is null; answers its id. `version`: of what the user saw, the last one that was
   * read where it is left out. Throws `Overtaken` where that is no longer how it is.
   */
  async put(kind: Kind, id: string | null, change: Body, version?: number): Promise<string> {
    const before = id ? this.find(kind, id) : undefined;
    const made = id ?? idOf(String(change.name), (this.estate?.[kind] ?? []).map((one) => one.id));
    const written = await this.write(kind, made, { ...before, ...bodyOf(kind, { ...before, ...change }) }, version);
    const name = String(change.name ?? before?.name);
    if (before) this.say(`${name} is changed.`, () => this.write(kind, made, before, written));
    else this.say(`${name} is added.`, () => this.drop(kind, made));
    return made;
  }

  async remove(kind: Kind, id: string): Promise<void> {
    const before = this.find(kind, id);
    await this.drop(kind, id);
    if (before) this.say(`The ${NAMES[kind]} ${before.name} is deleted.`, () => this.write(kind, id, before));
  }

  /** Changes the building itself; `version` as in `put`. */
  async putSite(change: Body, version?: number): Promise<void> {
    const { id, name, zone, address, phone, latitude, longitude, organisation } = this.estate!;
    const before = { name, zone, address, phone, latitude, longitude, organisation };
    const write = async (body: Body, seen = this.estate?.version ?? 0) => {
      const made = await this.reading(() => send<Versioned>("PUT", `/sites/${id}`, { ...body, version: seen }), () => ({ ...this.estate }));
      await sites.load();
      return made.version;
    };
    const written = await write({ ...before, ...change }, version);
    this.say(`${String(change.name ?? name)} is changed.`, () => write(before, written));
  }

  private say(text: string, undo: () => Promise<unknown>): void {
    notices.show(text, "ok", () => attempt(undo, "Not undone: "));
  }

  /** Answers the version that it wrote: what is read after that may be somebody else's. */
  private async write(kind: Kind, id: string, value: Body, seen?: number): Promise<number> {
    const { id: _, version: __, ...body } = value;
    return (await this.act<Versioned>("PUT", kind, id, { ...body, version: seen ?? this.find(kind, id)?.version ?? 0 })).version;
  }

  private drop(kind: Kind, id: string): Promise<unknown> {
    return this.act("DELETE", kind, id);
  }

  private act<A>(method: "PUT" | "DELETE", kind: Kind, id: string, body?: Body): Promise<A> {
    return this.reading(() => send<A>(method, `/sites/${this.site}/${kind}/${id}`, body), () => this.find(kind, id));
  }

  /** Writes, and reads again how the building is; `now`: what the write was about. */
  private async reading<A>(write: () => Promise<A>, now: () => Body | undefined): Promise<A> {
    let answer: A;
    try {
      answer = await write();
    } catch (thrown) {
      if (thrown instanceof Refusal && thrown.kind === "stale") {
        await this.refresh();
        throw new Overtaken(now());
      }
      if (thrown instanceof Error && this.estate) thrown.message = namedText(thrown.message, this.estate);
      throw thrown;
    }
    await this.refresh();
    return answer;
  }
}

/** The bookings that stand in the way of a change, as the controller names them. */
export function conflictsOf(thrown: unknown): Refusal["conflicts"] {
  return thrown instanceof Refusal ? thrown.conflicts : [];
}

/** The sensors of one building, asked for again and again while the page is seen; a sensor's room is written with an undo. */
import { get, Refusal, send } from "../api.ts";
import { Fetched } from "../fetched.svelte.ts";
import { notices } from "../notices.svelte.ts";
import { serverClock } from "../serverClock.svelte.ts";
import { attempt } from "../task.svelte.ts";
import type { Instant } from "../zone.ts";
import { keyOf, type Pir, type Sensor } from "./sensors.ts";

const EVERY_MS = 15_000;
/** An answer that takes longer counts as none. */
const WITHIN_MS = 12_000;

export class SensorStore extends Fetched {
  sensors = $state.raw<Sensor[]>([]);
  pirs = $state.raw<Pir[]>([]);
  /** When they were so, in server time. */
  at = $state<Instant>(0);
  private readonly site: string;
  private readonly nameOf: (space: string) => string;

  constructor(site: string, nameOf: (space: string) => string) {
    super();
    this.site = site;
    this.nameOf = nameOf;
  }

  refresh = (): Promise<void> =>
    this.load(
      () => get<{ items: Sensor[]; pirs: Pir[] }>(`/sites/${this.site}/sensors`, {}, AbortSignal.timeout(WITHIN_MS)),
      ({ items, pirs }) => {
        this.sensors = items;
        this.pirs = pirs;
        this.at = serverClock.now ?? 0;
      },
    );

  /** Asks until the function that it returns is called. */
  watch(): () => void {
    const show = () => document.visibilityState === "visible" && void this.refresh();
    const next = setInterval(show, EVERY_MS);
    document.addEventListener("visibilitychange", show);
    void this.refresh();
    return () => {
      clearInterval(next);
      document.removeEventListener("visibilitychange", show);
    };
  }

  /** Puts a sensor into a room, or into none; throws an error that says so where somebody else has, since it was shown. */
  async put(sensor: Sensor, space: string | null): Promise<void> {
    const done = await this.write(sensor, space);
    const text = space === null ? `${sensor.name} is in no room now.` : `${sensor.name} is in ${this.nameOf(space)} now.`;
    notices.show(text, "ok", () => attempt(() => this.write(done, sensor.space), "Not undone: "));
  }

  /** Takes a sensor that is gone off the list. */
  async remove({ id, edge, version, name }: Sensor): Promise<void> {
    await send("DELETE", `/sites/${this.site}/edges/${edge}/sensors/${id}?version=${version}`);
    notices.show(`${name} is removed. What it measured stays.`, "ok");
    await this.refresh();
  }

  private async write(sensor: Sensor, space: string | null): Promise<Sensor> {
    let written: Sensor;
    try {
      written = await send<Sensor>("PUT", `/sites/${this.site}/edges/${sensor.edge}/sensors/${sensor.id}`, { space, version: sensor.version });
    } catch (thrown) {
      await this.refresh();
      if (!(thrown instanceof Refusal) || thrown.kind !== "stale") throw thrown;
      const now = this.sensors.find((one) => keyOf(one) === keyOf(sensor))?.space;
      throw new Error(now ? `Somebody else has put it into ${this.nameOf(now)} meanwhile.` : "Somebody else has taken it out of its room meanwhile.");
    }
    await this.refresh();
    return written;
  }
}

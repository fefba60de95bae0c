/** Asks for the room again and again; keeps the last answer, and knows since when it is outdated. One timer, one request at a time. */
import { get, Refusal } from "../api.ts";
import { backoffDelay } from "../backoff.ts";
import { serverClock } from "../serverClock.svelte.ts";
import type { Instant } from "../zone.ts";
import { type Answer, type Room, roomOf } from "./room.ts";

const EVERY_MS = 10_000;
const WITHIN_MS = 8_000;

export type FeedState = "loading" | "live" | "stale" | "unreachable" | "unpaired" | "gone";

export class Feed {
  state = $state<FeedState>("loading");
  room = $state.raw<Room | null>(null);
  /** Server time of the last answer, while there is no newer one. */
  since = $state<Instant | null>(null);
  /** Other pages have been installed than those that this page was made of. */
  outdated = $state(false);
  #build = "";
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  start(): () => void {
    const wake = () => document.visibilityState === "visible" && this.look();
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    this.look();
    return () => {
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      clearTimeout(this.#timer);
      this.#asking?.abort();
    };
  }

  /** Ask now, instead of when it is due. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const late = setTimeout(() => asking.abort(), WITHIN_MS);
    try {
      this.#took(await get<Answer>("/room-tablet", {}, asking.signal));
    } catch (fault) {
      if (this.#asking === asking) this.#failed(fault);
    }
    clearTimeout(late);
    if (this.#asking !== asking) return;
    this.#asking = null;
    this.#timer = setTimeout(() => this.look(), this.#attempt ? backoffDelay(this.#attempt) : EVERY_MS);
  }

  #took(answer: Answer): void {
    serverClock.sync(answer.now);
    this.#attempt = 0;
    this.room = roomOf(answer);
    this.since = Date.parse(answer.now);
    this.state = "live";
    this.#build ||= answer.build;
    this.outdated = answer.build !== this.#build;
  }

  #failed(fault: unknown): void {
    this.#attempt = Math.min(this.#attempt + 1, 10);
    const status = fault instanceof Refusal ? fault.status : 0;
    if (status === 401 || status === 403 || status === 404) {
      this.room = null;
      this.state = status === 404 ? "gone" : "unpaired";
    } else this.state = this.room ? "stale" : "unreachable";
  }
}

/**
 * Asks for the room whenever the controller says that the diary has changed, and every minute; every ten seconds while there is no
 * live connection. Keeps the last answer, and knows since when it is outdated. One timer, one request, one connection at a time.
 */
import { get, Refusal } from "../api.ts";
import { backoffDelay } from "../backoff.ts";
import { serverClock } from "../serverClock.svelte.ts";
import type { Instant } from "../zone.ts";
import { type Answer, type Room, roomOf } from "./room.ts";

const EVERY_MS = 10_000;
const LIVE_EVERY_MS = 60_000;
/** The controller sends something every 5 s. */
const SILENCE_MS = 12_000;
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
  #socket: WebSocket | null = null;
  #heard = 0;
  #answered = 0;

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
      this.#hangUp();
    };
  }

  get #connected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && performance.now() - this.#heard < SILENCE_MS;
  }

  /** Once the room was answered, so that no connection is tried where nobody answers. */
  #listen(): void {
    if (this.#connected || this.#socket?.readyState === WebSocket.CONNECTING) return;
    this.#hangUp();
    const address = new URL("/api/v1/room-tablet/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const mine = (this.#socket = new WebSocket(address));
    mine.onmessage = (event) => {
      this.#heard = performance.now();
      if (JSON.parse(String(event.data)).type === "bookings") this.look();
      else if (this.#asking === null && !this.#attempt) this.#wait();
    };
    mine.onclose = () => {
      if (this.#socket !== mine) return;
      this.#socket = null;
      // At once after it was live, so that a tablet that was ended says so; else when it is due.
      if (this.#heard) this.look();
      this.#heard = 0;
    };
  }

  #hangUp(): void {
    const old = this.#socket;
    this.#socket = null;
    this.#heard = 0;
    if (!old) return;
    old.onclose = old.onmessage = null;
    if (old.readyState === WebSocket.CONNECTING) old.onopen = () => old.close();
    else old.close();
  }

  /** Sets when to ask next: once the connection is silent, or a minute after the last answer. Each word from it sets it again, but
   * for what waits after a failure. */
  #wait(): void {
    clearTimeout(this.#timer);
    const next = this.#connected ? Math.min(SILENCE_MS, this.#answered + LIVE_EVERY_MS - performance.now()) : EVERY_MS;
    this.#timer = setTimeout(() => this.look(), this.#attempt ? backoffDelay(this.#attempt) : next);
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
    this.#answered = performance.now();
    this.#wait();
  }

  #took(answer: Answer): void {
    serverClock.sync(answer.now);
    this.#attempt = 0;
    this.#listen();
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

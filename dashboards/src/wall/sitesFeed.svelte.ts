/**
 * Follows all sites side by side over one WebSocket: reconnects by itself, keeps the last answer, and knows until when it is known
 * to hold. Each connection begins with all of it, so nothing is missed by a gap.
 */
import { backoffDelay } from "../backoff.ts";
import { serverClock } from "../serverClock.svelte.ts";
import type { Instant } from "../zone.ts";

/** The server sends something every 5 s; the line counts as cut after two missed messages. */
const SILENCE_MS = 12_000;
const ENDED = 4401;
const REFUSED = 4403;

export class SitesFeed<T> {
  /** The last answer, which may be old; null before the first. */
  found = $state.raw<T | null>(null);
  /** Until when it is known to be so, in server time. */
  at = $state<Instant | null>(null);
  /** "cut": it is not known whether anything has changed since, or nothing has come yet. */
  state = $state<"connecting" | "live" | "cut">("connecting");
  /** "refused": the user may not see it, or no more. "ended": nobody is signed in, or the screen is not paired any more. */
  over = $state<"" | "refused" | "ended">("");
  private readonly view: string;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(view: "alerts" | "estate") {
    this.view = view;
  }

  /** Follows until the function that it returns is called. */
  watch(): () => void {
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.connect();
    return () => {
      removeEventListener("online", this.wake);
      document.removeEventListener("visibilitychange", this.wake);
      clearTimeout(this.retry);
      clearTimeout(this.silence);
      this.drop();
    };
  }

  private wake = (): void => {
    if (this.state === "live" || this.over === "refused" || document.visibilityState !== "visible") return;
    this.attempt = 0;
    this.connect();
  };

  private connect = (): void => {
    clearTimeout(this.retry);
    this.drop();
    const address = new URL(`/api/v1/live/sites?view=${this.view}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.listen();
    this.socket.onclose = (event) => this.lost(event?.code);
    this.socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      serverClock.sync(message.at);
      this.at = Date.parse(message.at);
      if (message.type !== "beat") this.found = message;
      this.attempt = 0;
      this.over = "";
      this.state = "live";
      this.listen();
    };
  };

  /** A connection from which nothing comes is lost. */
  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(this.lost, SILENCE_MS);
  }

  private lost = (code?: number): void => {
    clearTimeout(this.silence);
    this.drop();
    if (code === ENDED || code === REFUSED) {
      this.over = code === ENDED ? "ended" : "refused";
      this.found = null;
      this.state = "connecting";
      if (code === REFUSED) return;
    } else if (this.found || this.attempt) this.state = "cut";
    clearTimeout(this.retry);
    this.retry = setTimeout(this.connect, backoffDelay(this.attempt));
    this.attempt = Math.min(this.attempt + 1, 10);
  };

  /** Stops listening. A socket that still connects is closed once it is open: closing it earlier logs an error. */
  private drop(): void {
    const old = this.socket;
    this.socket = null;
    if (!old) return;
    old.onclose = old.onmessage = null;
    if (old.readyState === WebSocket.CONNECTING) old.onopen = () => old.close();
    else old.close();
  }
}

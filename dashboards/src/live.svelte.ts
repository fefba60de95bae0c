/** One WebSocket for the site that is shown: it reconnects by itself, keeps the last values, and knows since when they are outdated. */
import { backoffDelay } from "./backoff.ts";
import { serverClock } from "./serverClock.svelte.ts";
import type { Snapshot } from "./model.ts";
import type { Instant } from "./zone.ts";

/** The server sends something every 5 s; the connection counts as lost after two missed messages. */
const SILENCE_MS = 12_000;

/** Other buildings are loaded this long after the page. */
export const OTHER_SITES_DELAY_MS = 2_000;

/** The diary is asked again this long after the first connection, for what changed before it. */
const FIRST_DIARY_MS = 1_000;

export type LiveState = "connecting" | "live" | "stale";

let state = $state<LiveState>("connecting");
let since = $state<Instant | null>(null);
let snapshot = $state.raw<Snapshot | null>(null);
let diary = $state(0);

let site = "";
let socket: WebSocket | null = null;
let attempt = 0;
let retry: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let checkSession: () => void = () => {};

/** Stops listening. A socket that still connects is closed once it is open: closing it earlier logs an error. */
function drop(): void {
  const old = socket;
  socket = null;
  if (!old) return;
  old.onclose = old.onmessage = null;
  if (old.readyState === WebSocket.CONNECTING) old.onopen = () => old.close();
  else old.close();
}

function lost(): void {
  clearTimeout(silence);
  drop();
  if (state === "live") since = serverClock.now;
  if (state !== "connecting" || attempt > 1) state = "stale";
  clearTimeout(retry);
  retry = setTimeout(connect, backoffDelay(attempt));
  attempt += 1;
  // A refused handshake looks like a dead server from here: let REST tell whether the session has ended.
  if (attempt > 1) checkSession();
}

function heard(): void {
  clearTimeout(silence);
  silence = setTimeout(lost, SILENCE_MS);
  attempt = 0;
  state = "live";
  since = null;
}

function connect(): void {
  clearTimeout(retry);
  const address = new URL(`/api/v1/live?site=${encodeURIComponent(site)}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  silence = setTimeout(lost, SILENCE_MS);
  socket.onclose = lost;
  socket.onmessage = (event) => {
    const message = JSON.parse(String(event.data));
    if (message.at) serverClock.sync(message.at);
    // The diary may have changed while the connection was down, or before there was one: then the page is drawn first.
    if (state === "stale" || message.type === "bookings") diary += 1;
    else if (state === "connecting") setTimeout(() => (diary += 1), FIRST_DIARY_MS);
    // Sent only to users who may see what happens in the building.
    if (message.type === "snapshot") snapshot = message;
    heard();
  };
}

export const live = {
  get state(): LiveState {
    return state;
  },
  /** Server time since when the values are outdated; null while live. */
  get since(): Instant | null {
    return since;
  },
  /** Last values of the site, possibly outdated. */
  get snapshot(): Snapshot | null {
    return snapshot;
  },
  /** Raised whenever the diary of the site has changed. */
  get diary(): number {
    return diary;
  },
  watch(next: string): void {
    if (next === site) return;
    live.stop();
    site = next;
    connect();
  },
  stop(): void {
    clearTimeout(retry);
    clearTimeout(silence);
    drop();
    site = "";
    attempt = 0;
    state = "connecting";
    since = null;
    snapshot = null;
  },
  onDoubt(check: () => void): void {
    checkSession = check;
  },
};

function wake(): void {
  if (site && state !== "live" && document.visibilityState === "visible") {
    drop();
    attempt = 0;
    clearTimeout(silence);
    connect();
  }
}

addEventListener("online", wake);
document.addEventListener("visibilitychange", wake);

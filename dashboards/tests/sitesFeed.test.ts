import assert from "node:assert/strict";
import { mock, test } from "node:test";

// Of runes, no more than the values; of the page, its address and whether it is seen; of a socket, what it is given.
const rune = Object.assign(<T>(value: T) => value, { raw: <T>(value: T) => value });
const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
let sockets: Socket[] = [];
class Socket {
  static readonly CONNECTING = 0;
  readyState = 1;
  closed = false;
  readonly address: string;
  onclose: ((event: { code: number }) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  constructor(address: URL) {
    this.address = String(address);
    sockets.push(this);
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify({ at: "2026-11-30T10:00:00Z", ...message }) });
  }
  close(): void {
    this.closed = true;
  }
}
const given = { $state: rune, $derived: rune, document: page, WebSocket: Socket, location: { href: "https://hub.example/wall" } };
Object.assign(globalThis, given, { addEventListener: () => {}, removeEventListener: () => {} });
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
const { SitesFeed } = await import("../src/wall/sitesFeed.svelte.ts");

function followed() {
  sockets = [];
  const feed = new SitesFeed<{ items: string[] }>("alerts");
  return { feed, leave: feed.watch() };
}

test("what is told is kept while the line is cut, and told again in whole by the next connection", () => {
  const { feed, leave } = followed();
  assert.deepEqual([sockets[0]!.address, feed.state], ["wss://hub.example/api/v1/live/sites?view=alerts", "connecting"]);
  sockets[0]!.say({ type: "alerts", items: ["held"] });
  assert.deepEqual([feed.state, feed.found?.items], ["live", ["held"]]);
  mock.timers.tick(10_000);
  sockets[0]!.say({ type: "beat" });
  mock.timers.tick(10_000);
  assert.equal(feed.state, "live");
  mock.timers.tick(2_000);
  assert.deepEqual([feed.state, feed.found?.items, sockets[0]!.closed], ["cut", ["held"], true]);
  mock.timers.tick(1_000);
  sockets[1]!.say({ type: "alerts", items: [] });
  assert.deepEqual([feed.state, feed.found?.items], ["live", []]);
  leave();
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 2);
});

test("who may not see it asks no more, and a screen that is not paired any more shows nothing old", () => {
  const { feed, leave } = followed();
  sockets[0]!.say({ type: "alerts", items: ["held"] });
  sockets[0]!.onclose?.({ code: 4403 });
  mock.timers.tick(60_000);
  assert.deepEqual([feed.over, feed.found, feed.state, sockets.length], ["refused", null, "connecting", 1]);
  leave();
  const screen = followed();
  sockets[0]!.say({ type: "alerts", items: ["held"] });
  sockets[0]!.onclose?.({ code: 4401 });
  assert.deepEqual([screen.feed.over, screen.feed.found], ["ended", null]);
  mock.timers.tick(1_000);
  sockets[1]!.say({ type: "alerts", items: [] });
  assert.deepEqual([screen.feed.over, screen.feed.state], ["", "live"]);
  screen.leave();
});

test("a first connection that fails is no line that is cut until it has failed again", () => {
  const { feed, leave } = followed();
  sockets[0]!.onclose?.({ code: 1006 });
  assert.equal(feed.state, "connecting");
  mock.timers.tick(1_000);
  sockets[1]!.onclose?.({ code: 1006 });
  assert.deepEqual([feed.state, feed.found], ["cut", null]);
  leave();
});

import assert from "node:assert/strict";
import { mock, test } from "node:test";

// Of runes, no more than the values; of the page, whether it is seen.
const rune = Object.assign(<T>(value: T) => value, { raw: <T>(value: T) => value });
const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
let now = 0;
Object.assign(globalThis, { $state: rune, $derived: rune, document: page });
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
mock.method(performance, "now", () => now);
const { DesksStore } = await import("../src/now/desks.svelte.ts");

let asked: string[] = [];
/** What the controller answers; what is not in it is refused. */
function answers(found: Record<string, unknown>): void {
  asked = [];
  globalThis.fetch = async (address) => {
    const path = String(address).replace("/api/v1", "").replace(/\?.*/, "");
    asked.push(path);
    return path in found ? Response.json(found[path]) : Response.json({ title: "Not allowed" }, { status: 403 });
  };
}
const settled = () => new Promise((done) => setImmediate(done));
/** So many seconds pass, and what is asked in each is answered. */
async function pass(seconds: number): Promise<void> {
  for (let each = 0; each < seconds; each++) {
    now += 1_000;
    mock.timers.tick(1_000);
    await settled();
  }
}
function show(state: "visible" | "hidden"): void {
  page.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
}

test("desks are asked for each minute while the page is seen, and are not shown once they are not known", async () => {
  const path = "/sites/ramsey/desks";
  answers({ [path]: { items: [{ space: "desks", free: 4 }] } });
  const store = new DesksStore("ramsey");
  const leave = store.watch();
  await pass(120);
  assert.deepEqual([asked, store.pools[0]?.free], [[path, path], 4]);
  show("hidden");
  await pass(120);
  assert.equal(asked.length, 2);
  answers({});
  show("visible");
  await pass(1);
  assert.deepEqual([asked, store.pools], [[path], []]);
  leave();
});

test("who waits for a fetch that a newer one overtook sees what the newer one brought", async () => {
  const waiting: ((answer: Response) => void)[] = [];
  globalThis.fetch = () => new Promise((answer) => waiting.push(answer));
  const store = new DesksStore("ramsey");
  let seen: number | undefined;
  const first = store.refresh().then(() => (seen = store.pools[0]?.free));
  const second = store.refresh();
  const desks = (free: number) => Response.json({ items: [{ space: "desks", free }] });
  waiting[0]?.(desks(3));
  await settled();
  assert.equal(seen, undefined);
  waiting[1]?.(desks(4));
  await Promise.all([first, second]);
  assert.equal(seen, 4);
});

import assert from "node:assert/strict";
import { mock, test } from "node:test";

// Of runes, no more than the values; of the page, whether it is seen.
const rune = Object.assign(<T>(value: T) => value, { raw: <T>(value: T) => value });
const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
let now = 0;
Object.assign(globalThis, { $state: rune, $derived: rune, document: page });
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
mock.method(performance, "now", () => now);
const { WallStore } = await import("../src/wall/wallStore.svelte.ts");
const { DesksStore } = await import("../src/now/desks.svelte.ts");
const { AllSitesStore } = await import("../src/allSites/allSitesStore.svelte.ts");

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
const NOTHING = { items: [], switched_off: { ramsey: ["co2", "held"], wyton: ["co2"] } };

test("the wall asks no more once it is refused, and that is no line that is cut", async () => {
  answers({ "/alerts": NOTHING });
  const store = new WallStore();
  const leave = store.watch();
  await settled();
  assert.deepEqual([store.items, store.off], [[], 2]);
  answers({});
  await pass(60);
  assert.deepEqual([store.refused, store.items, store.cut], [true, null, false]);
  assert.deepEqual(asked, ["/alerts"]);
  leave();
});

test("the wall asks now and then which buildings there are, and keeps them where there is no answer", async () => {
  answers({ "/alerts": NOTHING, "/sites": { items: [{ id: "ramsey" }], next: null } });
  const store = new WallStore();
  const leave = store.watch();
  await pass(200);
  assert.equal(asked.includes("/sites"), false);
  await pass(200);
  assert.deepEqual(store.sites?.map(({ id }) => id), ["ramsey"]);
  assert.equal(asked.filter((path) => path === "/sites").length, 1);
  answers({ "/alerts": NOTHING });
  await pass(400);
  assert.deepEqual(store.sites?.map(({ id }) => id), ["ramsey"]);
  leave();
});

test("the estate asks at once when it is seen again, and says meanwhile that it asks, not that nothing is known", async () => {
  answers({ "/estate": { items: [], next: null } });
  const store = new AllSitesStore();
  const leave = store.watch();
  await settled();
  assert.deepEqual([store.items, store.age], [[], "live"]);
  show("hidden");
  asked = [];
  await pass(600);
  assert.deepEqual(asked, []);
  show("visible");
  assert.deepEqual([asked, store.age], [["/estate"], "asking"]);
  await settled();
  assert.equal(store.age, "live");
  leave();
});

test("the estate asks nothing while it waits, and knows that it has no answer", async () => {
  answers({ "/estate": { items: [], next: null } });
  const store = new AllSitesStore();
  const leave = store.watch();
  await settled();
  asked = [];
  const signals: AbortSignal[] = [];
  globalThis.fetch = (address, how) => {
    asked.push(String(address));
    if (how?.signal) signals.push(how.signal);
    return new Promise(() => {});
  };
  await pass(50);
  assert.deepEqual([asked.length, signals.length, store.age], [1, 1, "cut"]);
  leave();
});

test("the estate asks no more once it is refused", async () => {
  answers({});
  const store = new AllSitesStore();
  const leave = store.watch();
  await pass(60);
  assert.deepEqual([asked, store.refused], [["/estate"], true]);
  leave();
});

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

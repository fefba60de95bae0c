import assert from "node:assert/strict";
import { test } from "node:test";

// Of runes, no more than the values.
const rune = Object.assign(<T>(value: T) => value, { raw: <T>(value: T) => value });
Object.assign(globalThis, { $state: rune, $derived: rune });
const { DocumentStore } = await import("../src/buildings/documentStore.svelte.ts");
const { notices } = await import("../src/notices.svelte.ts");

test("undo writes over nothing that somebody else has written before this page has read its own", async () => {
  let stored = { version: 1, name: "a" };
  const put = (name: string) => (stored = { version: stored.version + 1, name });
  globalThis.fetch = async (_, { method = "GET", body } = {}) => {
    if (method === "GET") return Response.json(stored);
    const { version, name } = JSON.parse(String(body));
    if (version !== stored.version) return Response.json({ type: "urn:hallkeeper:problem:stale", title: "", detail: "", status: 409 }, { status: 409 });
    const answer = Response.json(put(name));
    if (name === "b") put("by somebody else");
    return answer;
  };
  const store = new DocumentStore<typeof stored>("/sites/x/policy", "Done.");
  await store.refresh();
  await store.put({ name: "b" });
  await notices.current!.undo!();
  notices.dismiss();
  assert.equal(stored.name, "by somebody else");
});

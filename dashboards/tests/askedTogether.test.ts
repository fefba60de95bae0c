import assert from "node:assert/strict";
import { test } from "node:test";
import { getTogether } from "../src/account/together.ts";
import { send } from "../src/api.ts";

/** Requests that wait for their answer. */
const open: { method: string; answer: (status?: number, body?: object) => void }[] = [];
globalThis.fetch = (_, { method = "GET" } = {}) =>
  new Promise((resolve) => open.push({ method, answer: (status = 200, body = {}) => resolve(Response.json(body, { status })) }));

test("those who ask before the answer is there share it", async () => {
  const both = [getTogether("/passkeys"), getTogether("/passkeys")];
  assert.equal(open.length, 1);
  open.pop()!.answer();
  await Promise.all(both);
});

for (const status of [200, 409]) {
  test(`what is asked after a change is not answered by what was asked before or during it, also where it ends in ${status}`, async () => {
    const before = getTogether("/passkeys");
    const change = send("POST", "/passkeys", {}).catch(() => {});
    const during = getTogether("/session/email");
    open[1]!.answer(status);
    await change;
    const after = [getTogether<{ new: boolean }>("/passkeys"), getTogether<{ new: boolean }>("/session/email")];
    assert.deepEqual(open.map(({ method }) => method), ["GET", "POST", "GET", "GET", "GET"]);
    for (const { answer } of [open[0]!, open[2]!]) answer(200, { new: false });
    await Promise.all([before, during]);
    const third = getTogether("/passkeys");
    assert.equal(open.length, 5);
    for (const { answer } of open.splice(0).slice(3)) answer(200, { new: true });
    assert.deepEqual(await Promise.all([...after, third]), [{ new: true }, { new: true }, { new: true }]);
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "../src/diary/look.ts";
import { type DoorState, placed, type Status } from "../src/model.ts";

function booked(status: Status, door: DoorState, still_opens: string[] = []) {
  const times = { starts: "2027-02-01T10:00:00+00:00", ends: "2027-02-01T12:00:00+00:00" };
  const widely = { setup_starts: times.starts, cleardown_ends: times.ends };
  const on_door = { state: door, text: "", doors: [] };
  return placed({ ...({} as Parameters<typeof placed>[0]), ...times, ...widely, status, on_door, still_opens });
}

test("a code is no matter of concern before it is due on the door", () => {
  const looks: [DoorState, string, string][] = [
    ["later", "brand", "Confirmed"],
    ["none", "brand", "Confirmed"],
    ["on", "brand", "Code on the door"],
    ["waiting", "warn", "Code on its way"],
    ["unreachable", "warn", "Door out of reach"],
  ];
  for (const [door, tone, words] of looks) {
    const { tone: shown, words: said } = look(booked("confirmed", door));
    assert.deepEqual([shown, said], [tone, words]);
  }
});

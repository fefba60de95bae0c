import assert from "node:assert/strict";
import { test } from "node:test";
import { freeSpans, HOUR_PX, placed, placesLeft, px, rowsInView, sharing } from "../src/diary/geometry.ts";
import { lanes } from "../src/diary/lanes.ts";
import { instantAt, draggedSpan, clashes, dragHandleAt, onDay, SNAP } from "../src/diary/dragGeometry.ts";
import { type Cell, cellAt, roomRows } from "../src/diary/roomRows.ts";
import { entriesOf, weekRows } from "../src/diary/weekEntries.ts";
import { type Booking, toBooking, toBookings, placesOf, type Space } from "../src/model.ts";
import { HOUR } from "../src/zone.ts";

const DAY = { from: Date.parse("2026-11-25T00:00Z"), to: Date.parse("2026-11-26T00:00Z") };
const h = (hours: number) => DAY.from + hours * HOUR;
const SPACE: Space = {
  id: "hall",
  name: "Hall",
  kind: "room",
  capacity: 80,
  pool_size: null,
  doors: [],
  parts: [],
  layouts: [],
  default_layout: null,
  bookable: true,
};
const HALVED: Space[] = [
  { ...SPACE, parts: ["east", "west"] },
  { ...SPACE, id: "east" },
  { ...SPACE, id: "west" },
  { ...SPACE, id: "studio" },
];

function booking(id: string, from: number, to: number, more: Partial<Booking> = {}): Booking {
  const [begin, end] = [h(from), h(to)];
  const plain = { id, space: "hall", from: begin, to: end, withBuffers: { from: begin, to: end }, status: "confirmed", still_opens: [] };
  return { ...plain, ...more } as Booking;
}

test("lanes are counted per group of overlaps, not per day", () => {
  const toBooking = lanes([booking("a", 9, 11), booking("b", 10, 12), booking("c", 18, 20)]);
  assert.deepEqual(
    toBooking.map(({ item, lane, of }) => [item.id, lane, of]),
    [
      ["a", 0, 2],
      ["b", 1, 2],
      ["c", 0, 1],
    ],
  );
});

test("bookings that touch share a lane", () => {
  assert.deepEqual(
    lanes([booking("b", 10, 12), booking("a", 9, 10)]).map(({ of }) => of),
    [1, 1],
  );
});

test("free time is what is left between bookings, cut where the mode changes", () => {
  const modes = [
    { from: h(0), to: h(9), mode: "closed" },
    { from: h(9), to: h(17), mode: "staffed" },
    { from: h(17), to: h(24), mode: "closed" },
  ];
  const free = freeSpans(DAY, [booking("b", 16, 18), booking("a", 10, 12)], modes);
  assert.deepEqual(
    free.map((one) => [(one.from - DAY.from) / HOUR, (one.to - DAY.from) / HOUR, one.mode]),
    [
      [0, 9, "closed"],
      [9, 10, "staffed"],
      [12, 16, "staffed"],
      [18, 24, "closed"],
    ],
  );
});

test("a booking that began yesterday takes the morning", () => {
  assert.deepEqual(freeSpans(DAY, [booking("a", -2, 3)], []), [{ from: h(3), to: h(24), mode: "" }]);
});

test("pixels and instants answer each other on the quarter hour", () => {
  assert.equal(px(h(10), DAY.from), 10 * HOUR_PX);
  assert.equal(instantAt(10 * HOUR_PX + 20, DAY.from), h(10));
  assert.equal(instantAt(10 * HOUR_PX + 21, DAY.from), h(10.25));
  assert.equal(instantAt(10 * HOUR_PX + 13, DAY.from, "round"), h(10.25));
});

test("neighbours, cancelled bookings, other rooms and the booking itself are no clash", () => {
  const all = [
    booking("before", 8, 10),
    booking("gone", 10, 11, { status: "cancelled" }),
    booking("other", 10, 11, { space: "room" }),
    booking("self", 10, 11),
    booking("hit", 10.5, 12),
  ];
  assert.deepEqual(
    clashes(all, new Set(["hall"]), { from: h(10), to: h(11) }, "self").map((one) => one.id),
    ["hit"],
  );
});

test("a booking draggedSpan past midnight stops at the day's edge and keeps its length", () => {
  assert.deepEqual(draggedSpan({ from: h(22), to: h(23) }, "move", 5 * HOUR, DAY), { from: h(23), to: h(24) });
  assert.deepEqual(draggedSpan({ from: h(1), to: h(2) }, "move", -5 * HOUR, DAY), { from: h(0), to: h(1) });
});

test("an end is never pulled before its start", () => {
  assert.deepEqual(draggedSpan({ from: h(9), to: h(10) }, "end", -5 * HOUR, DAY), { from: h(9), to: h(9) + SNAP });
  assert.deepEqual(draggedSpan({ from: h(9), to: h(10) }, "start", 5 * HOUR, DAY), { from: h(10) - SNAP, to: h(10) });
});

test("only rows in the window are drawn, whatever their heights", () => {
  const tops = [0, 50, 100, 200, 250];
  assert.deepEqual(rowsInView(tops, 0, 60, 0), [0, 2]);
  assert.deepEqual(rowsInView(tops, 120, 40, 0), [2, 3]);
  assert.deepEqual(rowsInView(tops, 0, 1000), [0, 4]);
  assert.deepEqual(rowsInView([0], 0, 1000), [0, 0]);
});

test("a cancelled booking shows only while its code still opens a door, on a strip of its own", () => {
  const gone = booking("gone", 10, 11, { status: "cancelled" });
  const open = booking("open", 12, 13, { status: "cancelled", still_opens: ["Front door"] });
  const [plain] = roomRows([SPACE], [gone], [], DAY, 0);
  const [row] = roomRows([SPACE], [gone, open], [], DAY, 0);
  assert.deepEqual(row!.cells.filter((one) => one.booking).map((one) => one.key), ["open"]);
  assert.ok(row!.height > plain!.height);
  assert.equal(row!.cells.filter((one) => !one.booking).length, 1);
});

test("going up or down lands on the cell at that time, else the nearest", () => {
  const [row] = roomRows([SPACE], [booking("a", 9, 12)], [], DAY, 0);
  assert.equal(cellAt(row!, h(10))?.key, "a");
  assert.equal(cellAt(row!, h(12))?.booking, null);
});

test("a booking and a row in which nothing has happened stay the same objects", () => {
  const wire = (id: string, more = {}) =>
    toBooking({
      ...booking(id, 9, 10),
      starts: "2026-11-25T09:00Z",
      ends: "2026-11-25T10:00Z",
      version: 1,
      on_door: { state: "on", text: "on the door", doors: [] },
      lingering: [],
      actions: [],
      arrived_at: null,
      counted_in: 0,
      ...more,
    });
  const rooms = [SPACE, { ...SPACE, id: "room" }];
  const before = [wire("a"), wire("b", { space: "room" })];
  const after = toBookings([wire("a"), wire("b", { space: "room", counted_in: 3 })], before);
  assert.equal(after[0], before[0]);
  assert.equal(after[1]!.counted_in, 3);
  const modes: never[] = [];
  const old = roomRows(rooms, before, modes, DAY, 0);
  const fresh = roomRows(rooms, after, modes, DAY, 0, undefined, old);
  assert.equal(fresh[0], old[0]);
  assert.notEqual(fresh[1], old[1]);
});

test("an end of a block is taken hold of at its edge, a short block only as a whole", () => {
  assert.equal(dragHandleAt(104, 100, 200), "start");
  assert.equal(dragHandleAt(150, 100, 200), "move");
  assert.equal(dragHandleAt(196, 100, 200), "end");
  assert.equal(dragHandleAt(101, 100, 120), "move");
});

test("a whole shares with each of its parts, and the parts not with each other", () => {
  const shared = sharing(HALVED);
  assert.deepEqual([...shared.get("hall")!].sort(), ["east", "hall", "west"]);
  assert.deepEqual([...shared.get("east")!].sort(), ["east", "hall"]);
  assert.deepEqual([...shared.get("studio")!], ["studio"]);
});

const hours = (cells: readonly Cell[]) =>
  cells.map((one) => [(one.from - DAY.from) / HOUR, (one.to - DAY.from) / HOUR, one.booking?.id ?? one.others.map(({ id }) => id).join()]);

test("a booking of the whole is one cell that reaches over its parts, which are free around its setting up", () => {
  const whole = booking("choir", 18, 20, { withBuffers: { from: h(17.5), to: h(20.25) } });
  const rows = roomRows(HALVED, [whole], [], DAY, 0, 44, [], sharing(HALVED));
  assert.deepEqual(rows.map(({ space, depth, covers }) => [space.id, depth, covers]), [
    ["hall", 0, 2],
    ["east", 1, 0],
    ["west", 1, 0],
    ["studio", 0, 0],
  ]);
  assert.deepEqual(hours(rows[0]!.cells), [[0, 17.5, ""], [18, 20, "choir"], [20.25, 24, ""]]);
  assert.deepEqual(hours(rows[1]!.cells), [[0, 17.5, ""], [20.25, 24, ""]]);
  assert.equal(rows.flatMap(({ cells }) => cells.filter(({ spans }) => spans)).length, 1);
  assert.equal(rows[3]!.cells.length, 1);
  assert.deepEqual(clashes([whole], sharing(HALVED).get("east")!, { from: h(19), to: h(21) }).map((one) => one.id), ["choir"]);
});

test("bookings of the parts block the whole in one stretch that names them all", () => {
  const halves = [booking("yoga", 10, 11.5, { space: "east" }), booking("chess", 11, 12, { space: "west" }), booking("tai", 17, 18, { space: "east" })];
  const rows = roomRows(HALVED, halves, [], DAY, 0, 44, [], sharing(HALVED));
  assert.deepEqual(hours(rows[0]!.cells), [[0, 10, ""], [10, 12, "yoga,chess"], [12, 17, ""], [17, 18, "tai"], [18, 24, ""]]);
  assert.deepEqual(hours(rows[2]!.cells), [[0, 11, ""], [11, 12, "chess"], [12, 24, ""]]);
});

test("a request for the whole stands in a lane of its own row, and reaches over nothing", () => {
  const asked = booking("fair", 16, 18, { status: "requested" });
  const all = [asked, booking("choir", 18, 20), booking("tai", 17, 18, { space: "east" })];
  const [whole] = roomRows(HALVED, all, [], DAY, 0, 44, [], sharing(HALVED));
  const cell = (key: string) => whole!.cells.find((one) => one.key === key)!;
  assert.deepEqual([cell("fair").spans, cell("choir").spans], [false, true]);
  assert.ok(cell("choir").top >= cell("fair").top + cell("fair").height);
});

test("parts stand below their whole, one that two wholes share below the first, and no room is lost", () => {
  const some = (id: string, ...parts: string[]): Space => ({ ...SPACE, id, parts });
  const rooms = [some("b"), some("ab", "a", "b"), some("a"), some("bc", "b", "c"), some("c"), some("all", "ab")];
  assert.deepEqual(placed(rooms).map(({ space, depth, covers }) => [space.id, depth, covers]), [
    ["bc", 0, 2],
    ["b", 1, 0],
    ["c", 1, 0],
    ["all", 0, 2],
    ["ab", 1, 1],
    ["a", 2, 0],
  ]);
  const rows = roomRows(rooms, [booking("x", 9, 10, { space: "ab" })], [], DAY, 0, 44, [], sharing(rooms));
  const told = rows.flatMap(({ space, cells }) => cells.filter((one) => !one.key.startsWith("free")).map((one) => [space.id, one.others.length]));
  assert.deepEqual(told, [["bc", 1], ["b", 1], ["all", 1], ["ab", 0]]);
});

test("the week has a row for each room with its parts, and each booking in it once", () => {
  const rooms = HALVED.map((one) => ({ ...one, name: one.id }));
  const bookings = [booking("choir", 18, 20), booking("yoga", 10, 11, { space: "east" }), booking("art", 9, 10, { space: "studio" })];
  assert.deepEqual(weekRows(rooms).map(({ space, parts }) => [space.id, parts.length]), [["hall", 2], ["studio", 0]]);
  const entries = entriesOf(rooms, bookings, [DAY.from, DAY.to]);
  const told = [...entries].map(([key, all]) => [key, all.map(({ booking, part, other }) => `${booking.id} ${part} ${other}`)]);
  assert.deepEqual(told, [
    ["studio 0", ["art  false"]],
    ["hall 0", ["yoga east false", "choir  false"]],
  ]);
});

test("what is asked for is drawn and holds nothing", () => {
  const asked = booking("asked", 9, 10, { status: "requested" });
  const [row] = roomRows([SPACE], [asked], [], DAY, 0);
  assert.deepEqual(row!.cells.map((one) => one.key), ["free hall " + h(0), "asked"]);
  assert.deepEqual(clashes([asked], new Set(["hall"]), { from: h(9), to: h(10) }), []);
});

const DESKS: Space = { ...SPACE, id: "desks", kind: "pool", capacity: null, pool_size: 6 };
const seated = (id: string, from: number, to: number, seats: number | null, people: number | null = null) =>
  booking(id, from, to, { space: "desks", seats, people });

test("a pool has places left until all of them are taken, at each time as many as nobody has", () => {
  const taken = [seated("a", 9, 15, 3, 2), seated("b", 12, 18, null, 3), seated("c", 20, 30, null)];
  const places = taken.map((one) => ({ ...one, places: placesOf(one) }));
  const left = placesLeft(6, DAY, places, []).map(({ from, to, places }) => [from, to, places]);
  assert.deepEqual(left, [
    [h(0), h(9), 6],
    [h(9), h(12), 3],
    [h(15), h(18), 3],
    [h(18), h(20), 6],
    [h(20), h(24), 5],
  ]);
});

test("what is left of a pool stands under its bookings and can be chosen", () => {
  const [row] = roomRows([DESKS], [seated("a", 9, 15, 2)], [], DAY, 0);
  const booked = row!.cells.find(({ key }) => key === "a")!;
  const left = row!.cells.filter((one) => !one.booking);
  assert.deepEqual(left.map(({ places }) => places), [6, 4, 6]);
  for (const one of left) {
    assert.ok(one.top >= booked.top + booked.height && one.top + one.height <= row!.height);
    assert.ok(one.height >= 24, "as high as a finger needs");
  }
  const [empty] = roomRows([DESKS], [], [], DAY, 0);
  assert.equal(empty!.cells[0]!.places, 6);
});

test("on another day a booking has the same times of the clock, over both clock changes too", () => {
  const at = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) });
  const zone = "Europe/London";
  assert.deepEqual(onDay(at("2027-03-27T18:00Z", "2027-03-27T20:00Z"), "2027-03-28", zone), at("2027-03-28T17:00Z", "2027-03-28T19:00Z"));
  assert.deepEqual(onDay(at("2027-10-30T21:00Z", "2027-10-31T00:30Z"), "2027-10-31", zone), at("2027-10-31T22:00Z", "2027-11-01T01:30Z"));
  assert.deepEqual(onDay(at("2027-10-30T22:00Z", "2027-10-31T02:00Z"), "2027-10-29", zone), at("2027-10-29T22:00Z", "2027-10-30T01:00Z"));
  assert.equal(onDay(at("2027-03-27T01:15Z", "2027-03-27T03:00Z"), "2027-03-28", zone), null, "01:15 does not exist on it");
  const second = at("2027-10-31T01:15Z", "2027-10-31T01:45Z");
  assert.deepEqual(onDay(second, "2027-10-31", zone), second, "the second 01:15 stays the second");
});

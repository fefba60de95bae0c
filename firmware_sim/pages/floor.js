/** The floor of one building as SVG: rooms, people, doors with their locks and beams. */

const NS = "http://www.w3.org/2000/svg";
const PERSON = 15;
const WALL = 142;
const HIGH = 198;
const ROOM = 50;

function make(parent, name, attributes = {}, text = "") {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text) node.textContent = text;
  parent.append(node);
  return node;
}

/** The state of a door in words, the most important first. */
export function doorWords(door) {
  const words = [];
  if (door.trouble === "forced") words.push({ text: "Forced open", tone: "bad" });
  if (door.trouble === "held") words.push({ text: "Held open too long", tone: "bad" });
  words.push(door.leaf === "open" ? { text: "Open", tone: "warn" } : { text: "Shut", tone: "plain" });
  const locked = door.leaf === "open" ? "Locks when it shuts" : "Locked";
  words.push(door.lock === "released" ? { text: "Unlocked", tone: "ok" } : { text: locked, tone: "plain" });
  if (door.codes_wait) words.push({ text: "Locked out: takes no codes for a while", tone: "bad" });
  if (door.glass_broken) words.push({ text: "Glass broken", tone: "bad" });
  for (const beam of door.blocked) words.push({ text: `${beam === "outer" ? "Outer" : "Inner"} beam blocked`, tone: "warn" });
  return words;
}

export class Floor {
  constructor(svg, choose) {
    this.svg = svg;
    this.choose = choose;
    this.moving = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    new ResizeObserver(() => this.draw()).observe(svg.parentElement);
  }

  show(plan) {
    this.plan = plan;
    this.state = undefined;
    this.draw();
  }

  draw() {
    if (!this.plan) return;
    const wide = Math.max(280, Math.min(900, this.svg.parentElement.clientWidth - 32));
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", `0 0 ${wide} ${HIGH}`);
    this.title = make(this.svg, "title", {}, this.plan.name);
    this.doors = new Map();
    this.zones = new Map();
    const zones = [...new Set(this.plan.doors.map((door) => door.zone))];
    const weight = (zone) =>
      Math.max(10, this.plan.rooms.filter((room) => room.zone === zone).reduce((sum, room) => sum + Math.sqrt(room.area) + 12, 0));
    const total = zones.reduce((sum, zone) => sum + weight(zone), 0);
    let x = 4;
    for (const zone of zones) {
      const width = Math.max(132, Math.min(wide - 8 - 132 * (zones.length - 1), ((wide - 8) * weight(zone)) / total));
      this.#zone(zone, x, zone === zones.at(-1) ? wide - 4 - x : width);
      x += width;
    }
    if (this.state) this.update(this.state, true);
  }

  #zone(zone, x, width) {
    const rooms = this.plan.rooms.filter((room) => room.zone === zone);
    make(this.svg, "rect", { x, y: 4, width, height: WALL - 4, class: "zone" });
    const share = rooms.reduce((sum, room) => sum + Math.sqrt(room.area) + 12, 0);
    let at = x;
    for (const room of rooms) {
      const part = (width * (Math.sqrt(room.area) + 12)) / share;
      make(this.svg, "rect", { x: at, y: 4, width: part, height: ROOM, class: "room" });
      const words = part < 110 ? room.name.split(" ") : [room.name];
      words.forEach((word, line) =>
        make(this.svg, "text", { x: at + part / 2, y: ROOM / 2 + 17 - 8 * words.length + 16 * line, class: part < 75 ? "name small" : "name" }, word),
      );
      at += part;
    }
    const top = rooms.length ? ROOM + 22 : 26;
    const name = zone === "hub" ? "Inside" : zone[0].toUpperCase() + zone.slice(1);
    const label = make(this.svg, "text", { x: x + 10, y: top, class: "label" });
    this.zones.set(zone, { name, label, x: x + 16, y: top + 16, width: width - 32, people: make(this.svg, "g", { class: "people" }) });
    const doors = this.plan.doors.filter((door) => door.zone === zone);
    doors.forEach((door, place) => this.#door(door, x + (width * (place + 1)) / (doors.length + 1)));
  }

  #door(door, x) {
    const group = make(this.svg, "g", { class: "opening" });
    group.addEventListener("click", () => this.choose(door.id));
    make(group, "rect", { x: x - 60, y: WALL - 24, width: 120, height: HIGH - WALL + 24, class: "touch" });
    make(group, "line", { x1: x - 24, x2: x + 24, y1: WALL, y2: WALL, class: "gap" });
    const beams = {};
    for (const [beam, y] of [["inner", WALL - 9], ["outer", WALL + 9]])
      beams[beam] = make(group, "line", { x1: x - 24, x2: x + 24, y1: y, y2: y, class: "beam" });
    const leaf = make(group, "line", { x1: x - 24, x2: x + 24, y1: WALL, y2: WALL, class: "leaf" });
    leaf.style.transformOrigin = `${x - 24}px ${WALL}px`;
    const lock = make(group, "g", { transform: `translate(${x + 36} ${WALL - 12})` });
    const bow = make(lock, "path", { d: "M3 10V6a4 4 0 0 1 8 0v4", class: "bow" });
    make(lock, "rect", { x: 0, y: 9, width: 14, height: 11, rx: 2, class: "body" });
    make(group, "text", { x, y: WALL + 32, class: "name" }, door.name);
    const words = make(group, "text", { x, y: WALL + 50, class: "words" });
    this.doors.set(door.id, { x, group, beams, leaf, lock, bow, words });
  }

  update(state, still = false) {
    const before = this.state;
    this.state = state;
    for (const door of state.doors) {
      const drawn = this.doors?.get(door.door);
      if (!drawn) continue;
      drawn.leaf.classList.toggle("open", door.leaf === "open");
      drawn.lock.setAttribute("class", door.lock === "released" ? "lock free" : "lock");
      drawn.bow.setAttribute("transform", door.lock === "released" ? "translate(7 0)" : "");
      for (const [beam, line] of Object.entries(drawn.beams)) line.classList.toggle("broken", door.beams.includes(beam));
      const [first, ...more] = doorWords(door);
      drawn.words.textContent = first.tone === "bad" ? first.text : [first, more[0]].map((word) => word.text).join(", ");
      drawn.words.setAttribute("class", `words ${first.tone === "bad" ? "bad" : ""}`);
      const old = before?.doors.find((each) => each.door === door.door);
      if (!old || still) continue;
      if (door.true_ins > old.true_ins) this.#walk(drawn.x, HIGH - 14, WALL - 34);
      if (door.true_outs > old.true_outs) this.#walk(drawn.x, WALL - 34, HIGH - 14);
    }
    for (const [zone, drawn] of this.zones ?? []) this.#people(drawn, state.site.zones[zone] ?? 0);
    const people = state.site.people;
    const doors = state.doors.map((door) => {
      const name = this.plan.doors.find((each) => each.id === door.door)?.name;
      return `${name}: ${doorWords(door).map((word) => word.text.toLowerCase()).join(", ")}`;
    });
    this.title.textContent = `${this.plan.name}: ${people} ${people === 1 ? "person" : "people"} inside. ${doors.join(". ")}`;
    this.svg.classList.toggle("fire", state.site.fire);
    this.svg.classList.toggle("dark", !state.site.power);
  }

  #people(drawn, number) {
    if (drawn.shown === number) return;
    drawn.shown = number;
    drawn.label.textContent = `${drawn.name}: ${number || "nobody"}`;
    const row = Math.max(1, Math.floor(drawn.width / PERSON));
    drawn.people.replaceChildren();
    for (let who = 0; who < Math.min(number, row * 3); who++)
      make(drawn.people, "circle", { cx: drawn.x + (who % row) * PERSON, cy: drawn.y + Math.floor(who / row) * PERSON, r: 5 });
  }

  #walk(x, from, to) {
    if (!this.moving) return;
    const who = make(this.svg, "circle", { cx: x, cy: from, r: 6, class: "walker" });
    who.animate([{ transform: "none" }, { transform: `translateY(${to - from}px)` }], 900).finished.then(() => who.remove());
  }
}

/** The page of the simulated buildings. */
import { Floor, doorWords } from "/floor.js";

const $ = (id) => document.getElementById(id);
const CODE_KEYS = 6;
const QUIET_MS = 4000;
const WAITS_MS = 1500;
const ANSWER_MS = 1500;
const TONES = { ok: "✓", bad: "!", warn: "•", plain: "" };

let site = new URLSearchParams(location.search).get("site") ?? "ramsey";
let plan, state, socket;
let door = "";
let keys = "";
/** Whether a code has been pressed here whose answer is still to come, as an event. */
let pressed = false;
let heard = 0;
let tries = 0;
let lines = [];
let phone = "";
let known = new Set();
const toggles = [];

const floor = new Floor($("floor"), choose);

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function button(text, click, attributes = {}) {
  const node = element("button", { type: "button", class: "button", ...attributes }, text);
  node.addEventListener("click", click);
  return node;
}

async function ask(question) {
  try {
    const answer = await fetch("/act", { method: "POST", body: JSON.stringify(question) });
    return answer.ok ? await answer.json() : { code: 1, text: `The demo refused that: ${await answer.text()}` };
  } catch {
    return { code: 1, text: "The demo does not answer." };
  }
}

async function act(question, where = {}) {
  pressed = false;
  say("");
  const answer = await ask({ site, ...where, ...question });
  say(answer.text, answer.code ? "bad" : "ok");
}

const atDoor = (question) => act(question, { door });

function say(text, tone = "plain") {
  $("said").textContent = text;
  $("said").className = `said ${tone}`;
}

// The keypad: each key goes to the wires as it is pressed. On a fast clock a hand is too slow for the edge, so a whole
// code goes at once.

function press(key) {
  keys = key === "*" ? "" : keys + key;
  showKeys();
  if (plan.speed <= 3) {
    void ask({ type: "press", site, door, keys: key }).then((answer) => answer.code && say(answer.text, "bad"));
    if (keys.length >= CODE_KEYS || key === "#") {
      keys = "";
      pressed = true;
      setTimeout(afterCode, ANSWER_MS);
    }
  } else if (keys.length >= CODE_KEYS || key === "#") {
    void act({ type: "key", keys: keys.replace("#", "") }, { door });
    keys = "";
  }
}

/** A door that takes no codes answers none, and reports those typed together when it takes them again. */
function afterCode() {
  if (!keys) showKeys();
  if (current()?.codes_wait) say("The door takes no codes for a while.", "bad");
}

function showKeys() {
  $("keys").textContent = keys ? "•".repeat(keys.length) : "";
}

for (const key of "123456789*0#") {
  const name = { "*": "* (clear)", "#": "# (enter)" }[key] ?? key;
  $("keypad").append(button(key, () => press(key), { "aria-label": name, "data-key": key }));
}
$("keypad").addEventListener("keydown", (event) => {
  if (!/^[0-9*#]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  press(event.key);
});

function group(label, ...buttons) {
  const name = element("span", { class: "soft" }, label);
  $("acts").append(name, element("div", { class: "row", role: "group", "aria-label": label }, ...buttons));
}

const wedge = button("Hold open", () => atDoor({ type: "leaf", act: current()?.wedged ? "shut" : "wedge" }));
const glass = button("Break glass", () => atDoor({ type: "glass", broken: !current()?.glass_broken }));
group(
  "People",
  button("Walk in", () => atDoor({ type: "walk", way: "in" }), { class: "button main" }),
  button("Walk out", () => atDoor({ type: "walk", way: "out" })),
);
group("Exit button", button("Press", () => atDoor({ type: "exit" }), { "aria-label": "Press the exit button" }), glass);
group(
  "Door",
  button("Pull", () => atDoor({ type: "leaf", act: "open" })),
  wedge,
  button("Shut", () => atDoor({ type: "leaf", act: "shut" })),
  button("Force", () => atDoor({ type: "leaf", act: "force" })),
);
for (const beam of ["outer", "inner"])
  group(
    beam === "outer" ? "Outer beam" : "Inner beam",
    button("Tap", () => atDoor({ type: "beam", beam, act: "tap" }), { "aria-label": `Tap the ${beam} beam` }),
    toggle("Block", () => current()?.blocked.includes(beam), (on) => atDoor({ type: "beam", beam, act: on ? "block" : "clear" }), {
      "aria-label": `Block the ${beam} beam`,
    }),
  );
/** Something to hold at the door: a field and its button. */
function present(type, field, label, value, act) {
  const input = element("input", { class: "input", id: type, value });
  const form = element("form", { class: "row" }, element("label", { class: "soft", for: type }, label), input, element("button", { class: "button", "aria-label": `${act}: ${label}` }, act));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void atDoor({ type, [field]: input.value });
  });
  $("presents").append(form);
  return form;
}

const card = present("card", "card", "Card", "118:1603", "Hold");
const scan = present("scan", "text", "Pass", "D0123456789", "Show");

function current() {
  return state?.doors.find((each) => each.door === door);
}

// Switches. Each shows the state of the world, never that of the click.

function toggle(text, is, change, role = {}) {
  const mark = role.role ? "aria-checked" : "aria-pressed";
  const node = button(text, () => change(!is()), { [mark]: "false", ...role });
  toggles.push(() => node.setAttribute(mark, String(Boolean(is()))));
  return node;
}

function flip(text, is, change) {
  return toggle(text, is, change, { role: "switch", class: "button switch" });
}

const onOff = (what) => (on) => act({ type: "switch", what, on });
$("switches").append(
  flip("Network", () => state?.site.network, onOff("network")),
  flip("Power", () => state?.site.power, onOff("power")),
  flip("Broker", () => state?.broker, (on) => act({ type: "broker", on })),
  flip("Fire alarm", () => state?.site.fire, onOff("fire")),
  flip("Clock an hour ahead", () => state?.site.clock_off_s, (on) => act({ type: "clock", off_s: on ? 3600 : 0 })),
  flip("SD card full", () => state?.site.disk === "full", (on) => act({ type: "disk", state: on ? "full" : "sound" })),
);

// What the world says.

function setPlan(said) {
  const other = plan?.site !== said.site;
  plan = said;
  lines = [];
  $("log").replaceChildren();
  document.title = `${plan.name}, simulated`;
  $("site").replaceChildren(...plan.sites.map((each) => new Option(each.name, each.id, false, each.id === site)));
  if (!plan.doors.some((each) => each.id === door)) door = plan.doors[0].id;
  $("doors").replaceChildren(
    element("legend", { class: "unseen" }, "Door"),
    ...plan.doors.map((each) => {
      const radio = element("input", { type: "radio", name: "door", value: each.id });
      radio.checked = each.id === door;
      radio.addEventListener("change", () => choose(each.id));
      return element("label", { class: "button" }, radio, each.name);
    }),
  );
  floor.show(plan);
  choose(door);
  if (!other) return;
  known = new Set();
  for (const pane of ["diary", "now"]) {
    $(pane).src = `${plan.pages}/${pane}?site=${site}`;
    $(`${pane}-alone`).href = $(pane).src;
  }
  showPhone("");
}

function choose(id) {
  door = id;
  keys = "";
  pressed = false;
  say("");
  showKeys();
  const facts = plan.doors.find((each) => each.id === id);
  for (const radio of document.querySelectorAll("#doors input")) radio.checked = radio.value === id;
  card.hidden = !facts.cards;
  scan.hidden = !facts.scanner;
  glass.hidden = !facts.glass;
  showDoor();
}

function showDoor() {
  const now = current();
  if (!now) return;
  $("states").replaceChildren(
    ...doorWords(now).map((word) => element("span", { class: `chip tone-${word.tone}` }, word.text)),
  );
  wedge.textContent = now.wedged ? "Let go" : "Hold open";
  glass.textContent = now.glass_broken ? "Replace glass" : "Break glass";
}

function setState(said) {
  state = said;
  floor.update(state);
  showDoor();
  for (const show of toggles) show();
  const [text, tone] = lineWords(state);
  $("line").textContent = text;
  $("line").className = `small said ${tone}`;
  showCodes();
  showMarks();
}

/** How the Pi is, in words, and whether that is as it should be. */
function lineWords({ site: at, broker }) {
  if (!at.power) return ["No power: the Pi is off, and the locks have no supply.", "bad"];
  if (!at.agent) return ["The Pi is starting.", "warn"];
  if (at.fire) return ["Fire alarm: everybody leaves. Every door opens from inside.", "bad"];
  if (!broker) return ["The broker is stopped. The Pi goes on by its last plan.", "warn"];
  if (!at.network) return ["Cut off from the network. The Pi goes on by its last plan.", "warn"];
  return ["The Pi runs and is connected.", "ok"];
}

function showCodes() {
  const rows = state.codes.map((each) =>
    element(
      "li",
      {},
      element("b", { class: "figures code" }, each.code || "no code yet"),
      element("span", {}, `${each.title}, ${each.space}`, element("small", {}, `${each.doors}, ${each.opens} to ${each.until}; ${each.on_door}`)),
      button("On the phone", () => (showPhone(each.link), showPane("phone")), { "aria-pressed": String(each.link === phone), "aria-label": `On the phone: ${each.title}` }),
    ),
  );
  const text = JSON.stringify(state.codes) + phone;
  if ($("codes").dataset.shown === text) return;
  $("codes").dataset.shown = text;
  const focused = document.activeElement?.getAttribute("aria-label");
  $("codes").replaceChildren(element("h2", {}, rows.length ? "Codes that work now or soon" : "No code works here now"), element("ul", {}, ...rows));
  if (focused) [...$("codes").querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
  const fresh = state.codes.filter((each) => !known.has(each.link));
  if (fresh.length && (known.size || !phone)) showPhone(fresh[known.size ? fresh.length - 1 : 0].link);
  for (const each of state.codes) known.add(each.link);
  steps();
}

function showPhone(link) {
  if (link === phone) return;
  phone = link;
  $("phone").hidden = !link;
  $("no-phone").hidden = Boolean(link);
  $("phone").src = link || "about:blank";
  if (link) showCodes();
}

function paneLink(pane, text) {
  const link = element("a", { href: `#${pane}-head` }, text);
  link.addEventListener("click", () => showPane(pane));
  return link;
}

function steps() {
  const own = state.codes.find((each) => each.title === "Try the front door") ?? state.codes[0];
  const code = own?.code ? element("b", { class: "figures code" }, own.code) : "a code";
  const all = [
    ["Press ", code, " on the keypad: the door opens, here and in ", paneLink("now", "Now"), "."],
    ["Let somebody ", element("b", {}, "walk in"), ": the beams count one, and the booking has arrived."],
    ["Switch the ", element("b", {}, "network"), " off and press the code: the door opens, and nothing is lost."],
    ["Book a room in the ", paneLink("diary", "diary"), " from now on: its code opens the door at once."],
    ["Press a wrong code five times: the keypad takes none for a while."],
  ];
  $("steps").replaceChildren(...all.map((parts) => element("li", {}, element("span", {}, ...parts))));
}

function addLines(said) {
  for (const line of said) {
    const last = lines.at(-1);
    if (last?.text === line.text && !line.answers) lines.pop().row.remove(); // plan after plan is one line
    const mark = element("span", { class: "mark" });
    const row = element(
      "li",
      { class: line.tone },
      element("time", { class: "figures" }, line.at),
      element("span", {}, element("span", { "aria-hidden": "true", class: "sign" }, TONES[line.tone]), line.text),
      mark,
    );
    lines.push({ ...line, row, mark, came: Date.now() });
    $("log").prepend(row);
    if (!pressed || line.door !== door || !line.answers) continue;
    pressed = false;
    say(line.text, line.tone);
    if (!keys) showKeys();
  }
  for (const old of lines.splice(0, lines.length - 200)) old.row.remove();
  showMarks();
}

function showMarks() {
  if (!state) return;
  let waiting = 0;
  for (const line of lines) {
    const waits = line.seq > state.stored && Date.now() - line.came > WAITS_MS;
    const text = waits ? "waits on the Pi" : "";
    if (line.mark.textContent !== text) line.mark.textContent = text;
    waiting += waits;
  }
  const text = waiting
    ? `${waiting} of these ${waiting === 1 ? "waits" : "wait"} on the Pi until the controller can be reached.`
    : "All of this is stored by the controller.";
  if ($("waits").textContent !== text) $("waits").textContent = text;
}

// The connection to the world.

function connect() {
  const mine = new WebSocket(`${location.origin.replace("http", "ws")}/live?site=${site}`);
  mine.binaryType = "arraybuffer";
  socket = mine;
  mine.onmessage = (event) => {
    const said = JSON.parse(new TextDecoder().decode(event.data));
    heard = Date.now();
    tries = 0;
    if (said.type === "plan") setPlan(said);
    else if (said.type === "state") setState(said);
    else if (said.type === "lines") addLines(said.lines);
    else $("clock").textContent = said.at;
    fresh();
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    fresh();
    setTimeout(connect, Math.min(5000, 300 * 2 ** tries++));
  };
}

function fresh() {
  const live = socket?.readyState === WebSocket.OPEN && Date.now() - heard < QUIET_MS;
  const since = heard ? new Date(heard).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }) : "";
  const words = live ? "Live" : heard ? `Stale since ${since}` : "Connecting";
  if ($("live").textContent !== words) $("live").textContent = words;
  $("live").className = `chip tone-${live ? "ok" : heard ? "bad" : "plain"}`;
  $("stopped").hidden = live || (!heard && tries < 2);
}

$("site").addEventListener("change", () => {
  site = $("site").value;
  state = undefined;
  history.replaceState(null, "", `?site=${site}`);
  const old = socket;
  socket = undefined;
  old.close();
  connect();
});
function showPane(pane) {
  $("screens").dataset.show = pane;
  for (const each of $("show").querySelectorAll("button")) each.setAttribute("aria-pressed", String(each.dataset.pane === pane));
}
for (const each of $("show").querySelectorAll("button")) each.addEventListener("click", () => showPane(each.dataset.pane));
setInterval(() => {
  fresh();
  showMarks();
}, 1000);
connect();

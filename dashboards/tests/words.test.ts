import assert from "node:assert/strict";
import { test } from "node:test";
import { categories, pluralForms, refusePlaces } from "../words/catalogue.ts";
import { type Message, translated } from "../words/messages.ts";
import { pseudo } from "../words/pseudo.ts";

const script = (source: string) => translated("src/any.ts", source, () => null).messages;
const markup = (source: string) => translated("src/Any.svelte", source, () => null).messages;
const ids = (found: Message[]) => found.map(({ id }) => id);

test("a text between tags is a message, with its places by name and its elements by number", () => {
  assert.deepEqual(ids(markup(`<p>By {one.actor}, <b>not {many(2)}</b> <Icon name="tick" /></p>`)), ["By {actor}, <0>not {many}</0>"]);
});

test("what people read of an attribute is a message, and what the page needs is none", () => {
  assert.deepEqual(ids(markup(`<a class="button quiet" href="/now" aria-label="Close {name}" title={on ? "on" : "off"}></a>`)), ["Close {name}", "on", "off"]);
});

test("a string in a script is a message where people read it", () => {
  assert.deepEqual(ids(script('const a = "since then"; const b = "button-quiet"; const c = { kind: "other", text: "other" }; if (a === "Not this") show("Yes");')), ["since then", "other", "Yes"]);
});

test("a sentence with a semicolon is a message, and a rule of a style sheet is none", () => {
  assert.deepEqual(ids(script('const a = "One is enough; more can be added."; const b = "a:hover{color:red;left:0}"; const c = "left:0;top:0";')), ["One is enough; more can be added."]);
});

test("a mark says what is judged wrongly", () => {
  assert.deepEqual(ids(script('const locks = /* words */ { on: "locked" }; const line = /* not words */ "two words";')), ["locked"]);
});

test("a plural is one message with two forms", () => {
  assert.deepEqual(script("plural(n, `${n} day of ${one.name}`, `${n} days of ${one.name}`)"), [{ id: "{n} day of {name}", plural: "{n} days of {name}" }]);
});

test("a place keeps its name through a message, and another one gets a name of its own", () => {
  assert.deepEqual(ids(script("const text = `${a.name}, ${b.name}, and ${a.name}`;")), ["{name}, {name2}, and {name}"]);
});

test("a translation may have the places in another order", () => {
  const { code } = translated("src/any.ts", "const text = `From ${a} to ${b}`;", () => ["{b} `$\\ {a}"]);
  assert.equal(code, "const text = `${b} \\`$\\\\ ${a}`;");
});

test("a translation of a text between tags cannot make a tag or a place", () => {
  const { code } = translated("src/Any.svelte", "<p>On <b>one</b> day</p>", () => ["<0>un</0> & < jour"]);
  assert.equal(code, "<p><b>un</b> &#38; &#60; jour</p>");
});

test("a translation with a place that the source has not is refused", () => {
  assert.throws(() => translated("src/any.ts", "const text = `On ${day}`;", () => ["{date}"]), /there is no \{date\} to put into “\{date\}”/);
  assert.throws(() => translated("src/Any.svelte", "<p>On <b>one</b> day</p>", () => ["jour"]), /<0> <\/0> is missing in “jour”/);
});

test("a plural in another language has as many forms as it needs", () => {
  const { code } = translated("src/any.ts", "plural(n, `${n} day`, `${n} days`)", () => ["{n} a", "{n} b", "{n} c"]);
  assert.equal(code, "plural(n, `${n} a`, `${n} b`, `${n} c`)");
});

test("the plural rule of a language is that of CLDR", () => {
  assert.equal(pluralForms("en"), "nplurals=2; plural=(n==1) ? 0 : 1;");
  assert.deepEqual(categories("cy"), ["zero", "one", "two", "few", "many", "other"]);
  for (const language of ["en", "cy", "fr", "pl", "ru", "sl", "ga", "gd", "ar", "lt", "uk", "ro", "cs", "he"]) {
    const rule = new Function("n", `return ${/plural=([^;]*)/.exec(pluralForms(language))![1]}`) as (n: number) => number;
    assert.ok(pluralForms(language).length < 1000, "Python's gettext reads no longer one");
    const rules = new Intl.PluralRules(language);
    for (let n = 0; n < 1300; n++) assert.equal(categories(language)[rule(n)], rules.select(n), `${language} ${n}`);
  }
});

test("the words of the tests are longer, and their places are kept", () => {
  assert.equal(pseudo("On {day} to <0>come</0>"), "⟦Óñ {day} tó <0>çóméėė</0>⟧");
});

test("the markup and the places of the controller's own pages are kept in the words of the tests", () => {
  assert.equal(pseudo('By %(name)s &amp; <a href="/on">on</a>'), '⟦Bý %(name)s &amp; <a href="/on">óñ</a>⟧');
});

test("a translation of the controller's own pages with a place or markup of its own is refused", () => {
  refusePlaces("<b>%(n)s day</b> of 5 %%", "<b>%(n)s days</b> of 5 %%", ["", "5 %% <b>%(n)s</b>"]);
  assert.throws(() => refusePlaces("On %(day)s", undefined, ["%(date)s"]), /there is no %\(date\)s to put into “%\(date\)s”/);
  assert.throws(() => refusePlaces("Half", undefined, ["50 %"]), /there is no % to put into/);
  assert.throws(() => refusePlaces("Half", undefined, ["<i>50"]), /there is no <i> to put into/);
  assert.throws(() => refusePlaces("<b>Half</b>", undefined, ["50"]), /<b> is missing in “50”/);
});

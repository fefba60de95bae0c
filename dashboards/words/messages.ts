/**
 * Finds the words in a source file, and puts other words in their place.
 *
 * A message is a text between tags, a text attribute, a string or a template that people read. What stands in it in braces
 * becomes a named place, an element within a sentence a numbered pair: `By {actor}`, `It is <0>not</0> known`.
 * `docs/words.md` has the rules, and what to do where they judge wrongly.
 */
import { parse } from "svelte/compiler";
import { callKind, isHiddenName, isRead, isShownAttribute, isShownName, type Shown, wrap } from "./rules.ts";

/** A message as it is in a catalogue; `plural`: its form for more than one. */
export interface Message {
  id: string;
  plural?: string;
}
/** The forms of a message in another language, one where it has no plural; null keeps what the source says. */
export type Translate = (message: Message) => readonly string[] | null;

// biome-ignore lint: the trees of two parsers
interface Node { type: string; start: number; end: number; [key: string]: any }
interface Slots { names: Map<string, string>; parts: Map<string, string>; elements: number }

const MARK = /\/\*\s*(not )?words\s*\*\/\s*$/;
const TYPES = new Set(["typeAnnotation", "typeParameters", "typeArguments", "returnType", "superTypeParameters", "implements", "leadingComments", "trailingComments", "loc", "metadata", "css", "options"]);
const CASTS = new Set(["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression", "TSTypeAssertion", "ChainExpression", "AwaitExpression", "SpreadElement", "ParenthesizedExpression"]);
const INLINE = new Set(["RegularElement", "Component"]);

/** The source in other words, and the messages that it has. */
export function translated(file: string, source: string, translate: Translate): { code: string; messages: Message[] } {
  const script = file.endsWith(".ts");
  const [head, tail] = script ? ['<script lang="ts">', "</script>"] : ["", ""];
  const found = new Finder(head + source + tail, translate);
  try {
    found.visit(parse(found.source, { modern: true, filename: file }) as unknown as Node, false);
  } catch (error) {
    throw new Error(`dashboards/${file}: ${error instanceof Error ? error.message : error}`);
  }
  const code = found.text(0, found.source.length);
  return { code: code.slice(head.length, code.length - tail.length), messages: found.messages };
}

class Finder {
  readonly messages: Message[] = [];
  readonly source: string;
  private readonly translate: Translate;
  private edits: { start: number; end: number; text: string }[] = [];

  constructor(source: string, translate: Translate) {
    this.source = source;
    this.translate = translate;
  }

  /** A part of the source with the changes so far. */
  text(start: number, end: number): string {
    let [text, at] = ["", start];
    for (const edit of this.edits.filter((one) => one.start >= start && one.end <= end).sort((a, b) => a.start - b.start)) {
      text += this.source.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return text + this.source.slice(at, end);
  }

  private put(start: number, end: number, text: string) {
    this.edits = this.edits.filter((one) => one.end <= start || one.start >= end);
    this.edits.push({ start, end, text });
  }

  private said(message: Message): readonly string[] | null {
    this.messages.push(message);
    return this.translate(message);
  }

  /** `shown`: whether a string here is read by people; null: certainly not; undefined: judged by what it says. */
  visit(node: Node | Node[] | null | undefined, shown: Shown): void {
    if (!node) return;
    if (Array.isArray(node)) return node.forEach((one) => this.visit(one, shown));
    if (typeof node.type !== "string") return;
    const mark = MARK.exec(this.source.slice(Math.max(0, node.start - 40), node.start));
    if (mark) shown = mark[1] ? null : node.type === "TemplateLiteral" ? "marked" : "all";
    const all = shown === "all";
    if (CASTS.has(node.type)) return this.visit(node.expression ?? node.argument, shown);
    if (node.type.startsWith("TS") || node.type.startsWith("Import") || node.type === "ExportAllDeclaration") return;
    switch (node.type) {
      case "Fragment":
        return this.fragment(node.nodes);
      case "Attribute":
        return;
      case "RegularElement":
      case "Component":
      case "SvelteElement":
      case "TitleElement":
      case "SlotElement":
        if (node.name === "style" || node.name === "script") return;
        for (const one of node.attributes) this.attribute(one, node);
        if (node.name === "code") return node.fragment.nodes.forEach((one: Node) => this.visit(one.expression, null));
        return this.visit(node.fragment, true);
      case "EachBlock":
        this.visit(node.expression, false);
        this.visit(node.body, true);
        return this.visit(node.fallback, true);
      case "ExpressionTag":
      case "HtmlTag":
        return this.visit(node.expression, true);
      case "ClassDirective":
      case "StyleDirective":
        return;
      case "Literal":
        if (typeof node.value === "string" && isRead(node.value, shown)) this.literal(node);
        return;
      case "TemplateLiteral":
        return this.template(node, shown);
      case "ConditionalExpression":
        this.visit(node.test, false);
        return this.visit([node.consequent, node.alternate], shown);
      case "LogicalExpression":
        this.visit(node.left, node.operator === "&&" ? false : shown);
        return this.visit(node.right, shown);
      case "BinaryExpression":
        for (const side of [node.left, node.right]) if (node.operator === "+" || !["Literal", "TemplateLiteral"].includes(side.type)) this.visit(side, node.operator === "+" ? shown : false);
        return;
      case "UnaryExpression":
        return this.visit(node.argument, false);
      case "SwitchCase":
        return this.visit(node.consequent, shown);
      case "MemberExpression":
        this.visit(node.object, shown);
        return node.computed && node.property.type !== "Literal" ? this.visit(node.property, null) : undefined;
      case "CallExpression":
      case "NewExpression":
        return this.call(node, shown);
      case "ArrayExpression":
        return this.visit(node.elements, shown);
      case "ObjectExpression":
        for (const one of node.properties) {
          if (one.type !== "Property") this.visit(one, shown);
          else if (!isHiddenName(nameOf(one.key))) this.visit(one.value, all || shown === null ? shown : this.shownAs(nameOf(one.key)));
        }
        return;
      case "VariableDeclarator":
        this.visit(node.id, false);
        return this.visit(node.init, this.shownAs(nameOf(node.id)));
      case "PropertyDefinition":
        return this.visit(node.value, this.shownAs(nameOf(node.key)));
      case "AssignmentExpression":
        this.visit(node.left, null);
        return this.visit(node.right, this.shownAs(nameOf(node.left)));
      case "AssignmentPattern":
        return this.visit(node.right, this.shownAs(nameOf(node.left)));
      case "FunctionDeclaration":
        this.visit(node.params, false);
        return this.visit(node.body, this.shownAs(nameOf(node.id)));
      case "MethodDefinition":
        return this.visit(node.value, this.shownAs(nameOf(node.key)));
      case "ArrowFunctionExpression":
      case "FunctionExpression":
        this.visit(node.params, false);
        return this.visit(node.body, shown);
      case "ReturnStatement":
        return this.visit(node.argument, shown);
      case "ExpressionStatement":
      case "ForOfStatement":
      case "ForStatement":
        shown = false;
    }
    for (const [key, inner] of Object.entries(node)) {
      if (key !== "type" && !TYPES.has(key) && inner && typeof inner === "object") this.visit(inner, node.type.endsWith("Statement") || node.type.endsWith("Block") ? shown : false);
    }
  }

  private shownAs(name: string): Shown {
    return isShownName(name) ? "all" : isHiddenName(name) ? null : false;
  }

  private call(node: Node, shown: Shown) {
    const name = nameOf(node.callee);
    const kind = callKind(name);
    if (kind === "hidden") return;
    if (name === "plural" && node.arguments.length === 3) return this.plural(node);
    if (node.callee.type === "MemberExpression") this.visit(node.callee.object, kind === "same" ? shown : false);
    else if (node.callee.type !== "Identifier") this.visit(node.callee, shown);
    const inner = kind === "shown" ? true : kind === "same" ? shown : false;
    // A name of the act comes first: of the many that a page has, one runs.
    for (const one of name === "run" && node.arguments.length > 1 ? node.arguments.slice(1) : node.arguments) this.visit(one, inner);
  }

  private literal(node: Node) {
    const forms = this.wrapped(node.value);
    if (forms !== null) this.put(node.start, node.end, JSON.stringify(forms));
  }

  private wrapped(value: string): string | null {
    refuseBraces(value);
    const [before, inner, after] = wrap(value);
    const forms = this.said({ id: inner });
    return forms && before + forms[0]! + after;
  }

  private template(node: Node, shown: Shown) {
    const fixed = node.quasis.map((one: Node) => one.value.cooked).join("\u0001");
    const read = shown === "marked" || isRead(fixed, shown);
    this.visit(node.expressions, read ? "all" : shown === null ? null : false);
    if (!read) return;
    const slots = newSlots();
    const [before, id, after] = wrap(this.templateId(node, slots));
    const forms = this.said({ id });
    if (forms) this.put(node.start, node.end, `\`${filled(before + forms[0]! + after, slots, templateText)}\``);
  }

  /** What a literal or a template says, with named places. */
  private templateId(node: Node, slots: Slots): string {
    if (node.type === "Literal") return refuseBraces(node.value);
    if (node.type !== "TemplateLiteral") throw new Error(`plural() takes texts, not ${this.source.slice(node.start, node.end)}`);
    return node.quasis.reduce((id: string, one: Node, at: number) => {
      const expression: Node | undefined = node.expressions[at];
      return id + refuseBraces(one.value.cooked) + (expression ? this.place(expression, slots, (text) => `\${${text}}`) : "");
    }, "");
  }

  /** The place of an expression in a message: `{name}`. */
  private place(expression: Node, slots: Slots, put: (text: string) => string): string {
    const source = this.source.slice(expression.start, expression.end);
    let name = slots.names.get(source);
    if (!name) {
      const plain = placeName(expression);
      const used = new Set(slots.names.values());
      for (let n = 1; !name; n++) if (!used.has(n === 1 ? plain : `${plain}${n}`)) name = n === 1 ? plain : `${plain}${n}`;
      slots.names.set(source, name);
    }
    slots.parts.set(`{${name}}`, put(this.text(expression.start, expression.end)));
    return `{${name}}`;
  }

  private plural(node: Node) {
    const [count, one, other] = node.arguments as [Node, Node, Node];
    this.visit(count, false);
    for (const each of [one, other]) if (each.type === "TemplateLiteral") this.visit(each.expressions, "all");
    const slots = newSlots();
    const [id, plural] = [this.templateId(one, slots), this.templateId(other, slots)];
    const forms = this.said({ id, plural });
    if (forms) this.put(one.start, other.end, forms.map((text) => `\`${filled(text, slots, templateText)}\``).join(", "));
  }

  private attribute(node: Node, element: Node) {
    if (node.type !== "Attribute") return this.visit(node.expression, false);
    if (node.value === true) return;
    const shown = isShownAttribute(node.name, element.type === "Component");
    const parts: Node[] = Array.isArray(node.value) ? node.value : [node.value];
    const [first, last] = [parts[0]!, parts.at(-1)!];
    const fixed = parts.map((one) => (one.type === "Text" ? one.data : "\u0001")).join("");
    const read = parts.some((one) => one.type === "Text") && isRead(fixed, shown);
    for (const one of parts) if (one.type === "ExpressionTag") this.visit(one.expression, read ? "all" : shown);
    if (!read) return;
    const slots = newSlots();
    const id = parts.map((one) => (one.type === "Text" ? refuseBraces(one.data) : this.place(one.expression, slots, (text) => `{${text}}`))).join("");
    const forms = this.said({ id });
    const quoted = `"'`.includes(this.source[first.start - 1]!);
    if (forms) this.put(first.start - (quoted ? 1 : 0), last.end + (quoted ? 1 : 0), `"${filled(forms[0]!, slots, markupText)}"`);
  }

  private fragment(nodes: Node[]) {
    const isText = (one: Node) => one.type === "Text" && /\p{L}/u.test(one.data);
    if (!nodes.some(isText)) {
      for (const one of nodes) if (one.type !== "Text") this.visit(one, true);
      return;
    }
    const has = (one: Node) => isText(one) || one.type === "ExpressionTag" || (one.type === "Text" && one.data.trim() !== "");
    const [from, to] = [nodes.findIndex((one) => has(one) || sentenceIn(one)), nodes.findLastIndex((one) => has(one) || sentenceIn(one))];
    nodes.forEach((one, at) => (at < from || at > to) && one.type !== "Text" && this.visit(one, true));
    const slots = newSlots();
    const id = this.sentence(nodes.slice(from, to + 1), slots);
    const [start, end] = [nodes[from]!.start, nodes[to]!.end];
    const raw = this.source.slice(start, end);
    const forms = this.said({ id: id.trim() });
    if (forms) this.put(start, end, `${/^\s/.test(raw) ? " " : ""}${filled(forms[0]!, slots, markupText)}${/\s$/.test(raw) ? " " : ""}`);
  }

  /** Texts, expressions and elements as one sentence. */
  private sentence(nodes: Node[], slots: Slots): string {
    return nodes
      .map((one) => {
        if (one.type === "Text") return refuseBraces(one.data).replace(/\s+/g, " ");
        if (one.type === "Comment") return "";
        if (one.type === "ExpressionTag") {
          this.visit(one.expression, "all");
          return this.place(one.expression, slots, (text) => `{${text}}`);
        }
        const number = slots.elements++;
        if (!sentenceIn(one)) {
          this.visit(one, true);
          slots.parts.set(`<${number}/>`, this.text(one.start, one.end));
          return `<${number}/>`;
        }
        for (const each of one.attributes) this.attribute(each, one);
        const inner: Node[] = one.fragment.nodes;
        const [begin, end] = [inner[0]!.start, inner.at(-1)!.end];
        slots.parts.set(`<${number}>`, this.text(one.start, begin));
        slots.parts.set(`</${number}>`, this.text(end, one.end));
        return `<${number}>${this.sentence(inner, slots)}</${number}>`;
      })
      .join("");
  }
}

/** Whether an element belongs to the sentence that it stands in, as it has words of its own and no blocks. */
function sentenceIn(node: Node): boolean {
  return INLINE.has(node.type) && node.name !== "code" && node.fragment.nodes.some((one: Node) => one.type === "Text" && /\p{L}/u.test(one.data)) && node.fragment.nodes.every((one: Node) => ["Text", "ExpressionTag"].includes(one.type) || sentenceIn(one));
}

function newSlots(): Slots {
  return { names: new Map(), parts: new Map(), elements: 0 };
}

function refuseBraces(text: string): string {
  if (/[{}]|<\/?\d/.test(text)) throw new Error(`words must not have braces: ${text} (docs/words.md says how to mark what is no words)`);
  return text;
}

/** A translation with the parts of the source in its places; throws where it has a place that the source has not, or lacks one. */
function filled(text: string, slots: Slots, write: (text: string) => string): string {
  const used = new Set<string>();
  const done = text
    .split(/(\{\w+\}|<\/?\d+\/?>)/)
    .map((part, at) => {
      if (at % 2 === 0) return write(part);
      used.add(part);
      const found = slots.parts.get(part);
      if (found === undefined) throw new Error(`there is no ${part} to put into “${text}”`);
      return found;
    })
    .join("");
  const lost = [...slots.parts.keys()].filter((part) => part.startsWith("<") && !used.has(part));
  if (lost.length) throw new Error(`${lost.join(" ")} is missing in “${text}”`);
  return done;
}

const templateText = (text: string) => text.replace(/[\\`]|\$(?=\{)/g, "\\$&");
const markupText = (text: string) => text.replace(/[&<>"{}]/g, (one) => `&#${one.charCodeAt(0)};`);

function nameOf(node: Node | null): string {
  if (!node) return "";
  if (node.type === "Identifier" || node.type === "PrivateIdentifier") return node.name;
  if (node.type === "Literal") return String(node.value);
  if (node.type === "MemberExpression" && !node.computed) return nameOf(node.object).startsWith("$") ? nameOf(node.object) : nameOf(node.property);
  return node.type === "ChainExpression" || node.type === "TSNonNullExpression" ? nameOf(node.expression) : "";
}

/** A name for what an expression gives, as translators read it. */
function placeName(node: Node): string {
  const name = node.type === "CallExpression" ? nameOf(node.callee) : nameOf(node);
  return /^[A-Za-z]\w*$/.test(name) ? name : "more";
}

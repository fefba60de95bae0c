/** Which texts of a source are words that people read. */

/** true: read, if it has a letter; "all": and so are the values in it; "marked": even without a letter; null: never read; false: judged by what it says. */
export type Shown = boolean | "all" | "marked" | null;

const KEYS = /^(Arrow\w+|Escape|Enter|Tab|Home|End|PageUp|PageDown|Delete|Backspace|Shift)$/;
/** Selectors, rules, types and addresses. */
const CODE = /;(?! \p{Ll})|[[\]{}=<>\\]|^[./#*-]|--|::|^\w+:\/\/|^\w+\/[\w*]+$|\(\w+-\w+:/u;

/** Whether people read it. `\u0001` stands for what is put in. */
export function isRead(text: string, shown: Shown): boolean {
  if (shown === null || !/\p{L}/u.test(text)) return false;
  if (shown) return true;
  if (CODE.test(text) || KEYS.test(text)) return false;
  return /^[^\p{L}]*\p{Lu}\p{Ll}|^ \p{L}|\p{L} $/u.test(text) || /\p{L}\p{Ll}*[,;:.]? [\p{L}\p{N}\u0001“]|[\p{L}\u0001],? \p{L}|\u0001 % \p{L}/u.test(text);
}

const SHOWN_NAMES = new Set(["words", "text", "label", "title", "hint", "why", "said", "told", "when", "heading", "verb", "about", "empty", "fault", "unit", "needed", "placeholder", "question", "note"]);
const HIDDEN_NAMES = new Set(["key", "id", "kind", "value", "tone", "icon", "type", "method", "page", "view", "path", "href", "url", "zone", "selector", "rule", "headers", "store", "subject"]);

export function isShownName(name: string): boolean {
  return SHOWN_NAMES.has(name) || /(Text|Words|Label|Hint|_WORDS|_TEXTS|_NAMES)$/.test(name);
}

export function isHiddenName(name: string): boolean {
  return HIDDEN_NAMES.has(name) || /(Key|Id|Path)$/.test(name);
}

const READ_ATTRIBUTES = new Set(["aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "placeholder", "alt"]);

export function isShownAttribute(name: string, component: boolean): Shown {
  if (READ_ATTRIBUTES.has(name)) return true;
  if (component) return isShownName(name) ? "all" : isHiddenName(name) ? null : false;
  return name.startsWith("on") ? false : null;
}

const HIDDEN_CALLS = new Set(["querySelector", "querySelectorAll", "closest", "matches", "addEventListener", "removeEventListener", "matchMedia", "getElementById", "send", "get", "fetch", "append", "getItem", "setItem", "removeItem", "dispatchEvent", "CustomEvent", "URL", "RegExp", "Set", "includes", "startsWith", "endsWith", "indexOf", "split", "test", "setAttribute", "getAttribute", "Intl", "DateTimeFormat", "NumberFormat", "$effect.root", "createElement"]);
const SAME_CALLS = new Set(["$state", "$derived", "$bindable", "map", "flatMap", "filter", "concat", "join", "flat", "toLowerCase", "toUpperCase", "trim", "slice", "at", "find", "reverse", "sort", "untrack", "fromEntries", "freeze"]);
const SHOWN_CALLS = new Set(["announce", "alert", "Error", "fail", "listText"]);

/** "hidden": its arguments are no words; "same": they are read where its value is; "shown": they are. */
export function callKind(name: string): "hidden" | "same" | "shown" | "plain" {
  return HIDDEN_CALLS.has(name) ? "hidden" : SAME_CALLS.has(name) ? "same" : SHOWN_CALLS.has(name) ? "shown" : "plain";
}

/** White space around a text, which is no part of the message. */
export function wrap(text: string): [before: string, text: string, after: string] {
  const found = /^(\s*)([\s\S]*?)(\s*)$/.exec(text)!;
  return [found[1]!, found[2]!, found[3]!];
}

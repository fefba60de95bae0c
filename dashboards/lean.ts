import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { UNUSED, type Unused } from "./unused.ts";

const SVELTE = /[\\/]svelte[\\/]src[\\/](.*\.js)$/;
const OURS = /[\\/]src[\\/][^?]*\.svelte(\.ts)?$/;
/** What stands on a part of Svelte that is left out. */
const REFUSED = [
  /\$state(<[^()]*>)?\(\s*([[{]|new\b)/,
  /<svelte:(boundary|element|head)/,
  /\{#await|\$effect\.pending|\$state\.eager/,
  /\s(transition|in|out|animate):\w/,
  /<[^>]*\sstyle=[^>]*\sstyle:|\sstyle:[\w-]+\|/,
  /import \{[^}]*\b(createContext|fork|getAbortSignal|hydrate|settled|unmount)\b[^}]*\} from "svelte"/,
];
/** Steps along a page that was rendered on a server, as they stand in what Svelte makes of a component. */
const HYDRATING = /^\s*\$\.(reset|next)\(\w*\);$/gm;
const PRELOAD = "\0vite/preload-helper.js";

interface Part {
  file: RegExp;
  /** What it exports, so that another one is noticed. */
  exports: string;
  instead: string;
}
/** Whole modules of Svelte that are left out. */
const PARTS: Part[] = [
  {
    // Objects that are watched deep within: our state is replaced as a whole.
    file: /svelte[\\/]src[\\/]internal[\\/]client[\\/]proxy\.js$/,
    exports: "get_proxied_value is proxy",
    instead: "export const proxy = (value) => value; export const get_proxied_value = proxy; export const is = Object.is;",
  },
  {
    // <svelte:boundary>: the one around every app has nothing to show in its place.
    file: /svelte[\\/]src[\\/]internal[\\/]client[\\/]dom[\\/]blocks[\\/]boundary\.js$/,
    exports: "Boundary boundary pending",
    instead:
      "export class Boundary {}; export const pending = () => 0; export const boundary = (node, props, children) => children(node);",
  },
];

/**
 * Leaves out of the build what these pages never use (some 8 kB gzipped of the 30 a page may have): parts of Svelte,
 * and most of Vite's preloading.
 */
export function lean(): Plugin[] {
  return [
    {
      name: "lean",
      apply: "build",
      enforce: "pre",
      load(id) {
        if (id === PRELOAD) return `export const __vitePreload = ${withStyles};`;
        const part = PARTS.find(({ file }) => file.test(id));
        if (!part) return null;
        const names = [...readFileSync(id, "utf8").matchAll(/^export (?:async )?(?:function|class|const|let) (\w+)/gm)];
        if (names.map(([, name]) => name).sort().join(" ") !== part.exports)
          this.error(`Svelte's ${id} has changed: look at lean.ts again`);
        return part.instead;
      },
      transform(code, id) {
        const wrong = OURS.test(id) && REFUSED.map((one) => one.exec(code)?.[0]).find(Boolean);
        if (wrong) this.error(`What “${wrong}” needs of Svelte is left out of the build: see unused.ts. State is replaced as a whole, by $state.raw`);
        const file = SVELTE.exec(id)?.[1]?.replaceAll("\\", "/");
        const unused = UNUSED.find((one) => one.file === file);
        if (!unused) return null;
        const { lean, missing } = without(unused, code, this.parse(code));
        if (missing.length) this.error(`Svelte's ${file} has changed: it has no ${missing.join(", ")}. See unused.ts`);
        return { code: lean, map: null };
      },
    },
    {
      name: "lean-components",
      apply: "build",
      enforce: "post",
      transform: (code, id) => (OURS.test(id) ? { code: code.replace(HYDRATING, ""), map: null } : null),
    },
  ];
}

interface Node {
  type: string;
  start: number;
  end: number;
  id?: { name: string };
  key?: { type: string; name?: string };
  value?: { body?: Node };
  body?: Node;
}

/** A module of Svelte without what is unused, and what was to be left out and is not there. */
function without({ is = {}, bodies = {} }: Unused, code: string, parsed: unknown): { lean: string; missing: string[] } {
  const found = [...definitions(parsed)].filter(([name]) => Object.hasOwn(bodies, name));
  const names = new Set(found.map(([name]) => name));
  const missing = [...Object.keys(bodies).filter((name) => !names.has(name)), ...Object.keys(is).filter((text) => !code.includes(text))];
  let lean = code;
  for (const [name, node] of found.sort(([, a], [, b]) => b.start - a.start)) {
    // A function stays, and so does a private method: what is left out still names them.
    const stays = node.type === "FunctionDeclaration" || name.startsWith("#") || bodies[name];
    const { start, end } = stays ? (node.value ?? node).body! : node;
    lean = lean.slice(0, start) + (stays ? `{ ${bodies[name]} }` : "") + lean.slice(end);
  }
  for (const [text, now] of Object.entries(is)) lean = lean.replaceAll(text, now);
  return { lean, missing };
}

/** The functions, methods and fields of a module, by name. */
function* definitions(tree: unknown): Generator<[string, Node]> {
  if (!tree || typeof tree !== "object") return;
  const node = tree as Node;
  if (/^(FunctionDeclaration|MethodDefinition|PropertyDefinition)$/.test(node.type)) {
    const secret = node.key?.type === "PrivateIdentifier" ? "#" : "";
    yield [secret + (node.id?.name ?? node.key?.name ?? ""), node];
  }
  for (const part of Object.values(tree)) yield* definitions(part);
}

/** Runs in the browser: fetches a part of the app together with its styles and with the parts it stands on. */
async function withStyles<T>(part: () => Promise<T>, files: string[] = []): Promise<T> {
  const styled = files
    .filter((file) => !document.querySelector(`link[href="/${file}"]`))
    .map((file) => {
      const link = document.createElement("link");
      const style = file.endsWith(".css");
      link.rel = style ? "stylesheet" : "modulepreload";
      link.href = `/${file}`;
      document.head.append(link);
      return style && new Promise((done) => (link.onload = link.onerror = done));
    });
  const [fetched] = await Promise.all([part(), ...styled]);
  return fetched;
}

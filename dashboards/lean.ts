import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const HYDRATION = /svelte[\\/]src[\\/]internal[\\/]client[\\/]dom[\\/]hydration\.js$/;
const OURS = /[\\/]src[\\/][^?]*\.svelte(\.ts)?$/;
const DEEP = /\$state(<[^()]*>)?\(\s*([[{]|new\b)/;
const PRELOAD = "\0vite/preload-helper.js";

interface Part {
  file: RegExp;
  /** What it exports, so that another one is noticed. */
  exports: string;
  instead: string;
}
/** Parts of Svelte that nothing here uses and that would come all the same. */
const UNUSED: Part[] = [
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
 * Leaves out of the build what these pages never use (some 4 kB gzipped of the 30 a page may have): Svelte's taking
 * over of pages rendered on a server, its deep state and boundaries, and most of Vite's preloading.
 */
export function lean(): Plugin {
  return {
    name: "lean",
    apply: "build",
    enforce: "pre",
    load(id) {
      if (id === PRELOAD) return `export const __vitePreload = ${withStyles};`;
      const part = UNUSED.find(({ file }) => file.test(id));
      if (!part) return null;
      const names = [...readFileSync(id, "utf8").matchAll(/^export (?:async )?(?:function|class|const|let) (\w+)/gm)];
      if (names.map(([, name]) => name).sort().join(" ") !== part.exports)
        this.error(`Svelte's ${id} has changed: look at lean.ts again`);
      return part.instead;
    },
    transform(code, id) {
      if (OURS.test(id) && (DEEP.test(code) || code.includes("<svelte:boundary")))
        this.error("Deep state and boundaries are left out of the build: use $state.raw, and replace it as a whole");
      if (!HYDRATION.test(id)) return null;
      const lean = code
        .replace("export let hydrating = false;", "export const hydrating = false;")
        .replace("hydrating = value;", "");
      if (lean === code) this.error("Svelte's hydration.js has changed: look at lean.ts again");
      return { code: lean, map: null };
    },
  };
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

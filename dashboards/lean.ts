import type { Plugin } from "vite";

const HYDRATION = /svelte[\\/]src[\\/]internal[\\/]client[\\/]dom[\\/]hydration\.js$/;
const PRELOAD = "\0vite/preload-helper.js";

/**
 * Leaves out of the build what these pages never use (some 2.5 kB gzipped of the 30 a page may have):
 * Svelte's taking over of pages rendered on a server, and most of Vite's preloading.
 */
export function lean(): Plugin {
  return {
    name: "lean",
    apply: "build",
    enforce: "pre",
    load(id) {
      return id === PRELOAD ? `export const __vitePreload = ${withStyles};` : null;
    },
    transform(code, id) {
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

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { lean } from "./lean.ts";

const SVELTE = /svelte[\\/]src[\\/]internal[\\/](client|shared)[\\/]/;
const LATER = /svelte[\\/]src[\\/]internal[\\/]client[\\/](dom[\\/](blocks[\\/]snippet|elements[\\/]bindings[\\/](input|select))|reactivity[\\/](props|store))\.js$/;
const EVERYWHERE = /node_modules|preload-helper|src[\\/](parts[\\/])?(?!typed|focus|Notices)\w+(\.svelte)?\.(ts|svelte)$/;
/** The diary's: in one file with every page's they pack a quarter smaller, and come sooner. */
const FIRST_STYLES = /diary[\\/](Diary|DayPicker|RoomRow|Timeline|TimelineHead)\.svelte\?svelte&type=style/;

export default defineConfig({
  base: "/",
  plugins: [lean(), svelte()],
  build: {
    outDir: "dist",
    // The first versions that know light-dark() and nesting; older ones would get a longer translation.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The server's policy allows only files of its own: nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // The app itself is there before it can ask for any part.
      resolveDependencies: (_, parts) => parts.filter((part) => !/\/(app|rolldown-runtime)-/.test(part)),
    },
    rolldownOptions: {
      // Svelte's own modules only define things, so a part of it goes where it is used.
      treeshake: { moduleSideEffects: [{ test: SVELTE, sideEffects: false }] },
      output: {
        codeSplitting: {
          groups: [
            // What only forms use of Svelte comes with the first form.
            { name: "forms", test: LATER, priority: 2, includeDependenciesRecursively: false },
            // What every page needs comes in one file: it packs better than three.
            { name: "app", test: new RegExp(`${EVERYWHERE.source}|${FIRST_STYLES.source}`), priority: 1 },
          ],
        },
      },
    },
  },
});

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { lean } from "./lean.ts";

export default defineConfig({
  base: "/",
  plugins: [lean(), svelte()],
  build: {
    outDir: "dist",
    // The first versions that know light-dark() and nesting; older ones would get a longer translation.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The server's policy allows only files of its own: nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every page needs comes in one file: it packs better than three.
        codeSplitting: {
          groups: [{ name: "app", test: /node_modules|preload-helper|src[\\/](parts[\\/])?(?!typed)\w+(\.svelte)?\.(ts|svelte)$/ }],
        },
      },
    },
  },
});

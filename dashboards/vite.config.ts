import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { preload } from "./preload.ts";

const SVELTE = /svelte[\\/]src[\\/]internal[\\/](client|shared)[\\/]/;
/**
 * What every page needs, with what it needs of Svelte. One `bind:value` or `value=` of a <select> anywhere brings 640 bytes
 * more of Svelte into it, one `use:` 250, one `onMount` or `onDestroy` 80, one `<svelte:element>` 80, one `{@html}`, `autofocus` or `bind:innerWidth` 60 to 100, and
 * one `class={…}` instead of `class="{…}"` brings 160. The six left out come with the first form, act or notice, or before signing in. */
const SHARED = /src[\\/]((parts[\\/])?(?!dateTimeInput|focus|moreIcons|Notices|StartCard|task)\w+(\.svelte)?\.(ts|svelte)|diary[\\/]bookingStatus\.ts)$/;

/** What forms share; one file, since more would weigh more. */
const FIELDS = /src[\\/](dateTimeInput|forms[\\/](TextField|Select|Checkbox)|diary[\\/](PartyField|createParty|debouncedQuery|Reasons))\b/;

/** What buttons do, which pages without a form have too; one file, since each file has its name in all that load it. */
const TASK = /src[\\/](task\.svelte|parts[\\/]moreIcons|diary[\\/](actOnBooking|holdText)\.ts)/;

/** What the diary shares with parts of it that come later; in a file of its own it would weigh more. */
const DIARY = /src[\\/]diary[\\/](Diary\.svelte|geometry\.ts)$/;

export default defineConfig({
  base: "/",
  plugins: [svelte(), preload()],
  build: {
    outDir: "dist",
    // The first versions that know light-dark() and nesting; older ones would get a longer translation.
    target: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The server's policy allows only files of its own: nothing may be inlined as a data: address.
    assetsInlineLimit: 0,
    // What every page has loaded is not named again beside each part that comes later.
    modulePreload: { polyfill: false, resolveDependencies: (_, files) => files.filter((file) => !/(app|rolldown)-/.test(file)) },
    rolldownOptions: {
      // Svelte's own modules only define things, so a part of it goes where it is used.
      treeshake: { moduleSideEffects: [{ test: SVELTE, sideEffects: false }] },
      output: {
        // A file's name stands in all that load it: it is cut short, and its hash, which does not pack, is the shortest that the builder takes.
        hashCharacters: "hex",
        entryFileNames: "assets/[name]-[hash:7].js",
        chunkFileNames: ({ name }) => `assets/${name.replace(".svelte", "").slice(0, 10)}-[hash:7].js`,
        // The simulated building's page looks for what all pages share by its name.
        assetFileNames: ({ names }) => `assets/${names.includes("app.css") ? "app-" : ""}[hash:7][extname]`,
        // One file packs better than ten; the rest goes where it is used.
        codeSplitting: { groups: [{ name: "app", test: SHARED }, { name: "task", test: TASK }, { name: "fields", test: FIELDS }, { name: "Diary", test: DIARY }] },
      },
    },
  },
});

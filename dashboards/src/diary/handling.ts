/** All that is fetched only when somebody comes near the board with a pointer or the focus. */
export { default as CarryBar } from "./CarryBar.svelte";
export { default as Ghost } from "./Ghost.svelte";
export { Hands } from "./hands.svelte.ts";
export { move } from "./moving.ts";

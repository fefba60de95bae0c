/** All that is fetched only when somebody comes near the board with a pointer or the focus. */
export { default as CarryBar } from "./CarryBar.svelte";
export { default as Ghost } from "./Ghost.svelte";
export { Hands } from "./hands.svelte.ts";
export { move } from "./moving.ts";
export { reveal } from "./reveal.ts";

// What a press of a button opens; fetched now, the press need not wait for it. Whoever presses hears of a fault.
import("./Panel.svelte").catch(() => {});

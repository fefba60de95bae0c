/** All that is fetched only when somebody is about to move a booking. */
export { default as CarryBar } from "./CarryBar.svelte";
export { Carrier } from "./carrier.svelte.ts";
export { default as Ghost } from "./Ghost.svelte";

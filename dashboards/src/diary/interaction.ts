/** What input on the grid needs: fetched when the pointer or the focus first comes to it. */
export { default as MoveBar } from "./MoveBar.svelte";
export { scrollToCell } from "./drag.svelte.ts";
export { default as DragPreview } from "./DragPreview.svelte";
export { GridInput } from "./gridInput.svelte.ts";
export { moveBooking } from "./moveBooking.ts";

// A click opens the panel: fetched now, so that the click does not wait. A failure is shown on the click.
import("./Panel.svelte").catch(() => {});

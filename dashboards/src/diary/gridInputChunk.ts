/** The code for input on the grid, loaded when the pointer or the focus first reaches it. */
export { default as MoveBar } from "./MoveBar.svelte";
export { scrollToCell } from "./drag.svelte.ts";
export { default as DragPreview } from "./DragPreview.svelte";
export { GridInput } from "./gridInput.svelte.ts";
export { moveBooking } from "./moveBooking.ts";

// A click opens the panel: load it now, so that the click need not wait. An error is shown at the click.
import("./BookingPanel.svelte").catch(() => {});

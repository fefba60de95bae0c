/** What a paired device opens that has no session and nothing to go to: its page stands alone. */
import { type Component, mount } from "svelte";

export async function open(target: Element): Promise<void> {
  const wall = new URLSearchParams(location.search).get("view") === "wall";
  const { default: page } = wall ? await import("../wall/PairedWall.svelte") : await import("./Tablet.svelte");
  mount(page as Component, { target });
}

/** Returns the focus when the element that had it disappears, such as a dismissed notice. */

let last: HTMLElement | null = document.activeElement instanceof HTMLElement ? document.activeElement : null;

addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && !target.closest("[data-notice]")) last = target;
});

/** Returns the focus to the element that had it before, else to the panel, the diary or the page. Does nothing if another element has it. */
export function focusBack(): void {
  const { activeElement: at, body } = document;
  if (at && at !== body && !at.closest("[data-notice]")) return;
  // A block of the diary may have been redrawn.
  const places = [last, `[data-key="${last?.dataset.key}"]`, 'dialog[open] [tabindex="-1"]', '[role="grid"] [tabindex="0"]', "#main"];
  for (const place of places) {
    const one = typeof place === "string" ? document.querySelector<HTMLElement>(place) : place;
    one?.focus({ preventScroll: true });
    if (one && document.activeElement === one) return;
  }
}

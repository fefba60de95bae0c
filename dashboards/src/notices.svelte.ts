import { untrack } from "svelte";

/** Announcements to screen readers (aria-live), and notices that are shown for a while, perhaps with an undo. */
export interface Notice {
  text: string;
  tone: "ok" | "bad";
  undo: (() => unknown) | null;
}

let polite = $state("");
let urgent = $state("");
let notice = $state<Notice | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Screen readers must read the same text again: a no-break space makes it different. */
function distinct(before: string, text: string): string {
  return before === text ? `${text}\u00a0` : text;
}

export const notices = {
  get polite(): string {
    return polite;
  },
  get urgent(): string {
    return urgent;
  },
  get current(): Notice | null {
    return notice;
  },
  announce(text: string): void {
    polite = untrack(() => distinct(polite, text));
  },
  alert(text: string): void {
    urgent = untrack(() => distinct(urgent, text));
  },
  /** Shown for twelve seconds, or for a minute if it can be undone or reports an error. */
  show(text: string, tone: Notice["tone"] = "ok", undo: Notice["undo"] = null): void {
    clearTimeout(timer);
    notice = { text, tone, undo };
    timer = setTimeout(notices.dismiss, undo || tone === "bad" ? 60_000 : 12_000);
    (tone === "bad" ? notices.alert : notices.announce)(undo ? `${text} Undo is at the end of the page.` : text);
  },
  dismiss(): void {
    clearTimeout(timer);
    notice = null;
  },
};

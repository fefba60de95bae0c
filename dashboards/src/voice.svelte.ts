import { untrack } from "svelte";

/** What is spoken (aria-live) and what is shown for a while (a notice, perhaps with an undo). */
export interface Notice {
  text: string;
  tone: "ok" | "bad";
  undo: (() => unknown) | null;
}

let polite = $state("");
let urgent = $state("");
let notice = $state<Notice | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** The same words twice in a row must still be spoken: a no-break space tells them apart. */
function anew(before: string, text: string): string {
  return before === text ? `${text}\u00a0` : text;
}

export const voice = {
  get polite(): string {
    return polite;
  },
  get urgent(): string {
    return urgent;
  },
  get notice(): Notice | null {
    return notice;
  },
  say(text: string): void {
    polite = untrack(() => anew(polite, text));
  },
  alert(text: string): void {
    urgent = untrack(() => anew(urgent, text));
  },
  /** Shown for twelve seconds, or until dismissed where it can be undone (a minute). */
  show(text: string, tone: Notice["tone"] = "ok", undo: Notice["undo"] = null): void {
    clearTimeout(timer);
    notice = { text, tone, undo };
    timer = setTimeout(voice.dismiss, undo || tone === "bad" ? 60_000 : 12_000);
    (tone === "bad" ? voice.alert : voice.say)(undo ? `${text} Undo is at the end of the page.` : text);
  },
  dismiss(): void {
    clearTimeout(timer);
    notice = null;
  },
};

import { MINUTE } from "../zone.ts";

/** Calls `refresh` each minute while the page is seen, and when it is seen again, until the function that it returns is called. */
export function eachMinute(refresh: () => Promise<void>): () => void {
  const show = () => document.visibilityState === "visible" && void refresh();
  const next = setInterval(show, MINUTE);
  document.addEventListener("visibilitychange", show);
  return () => {
    clearInterval(next);
    document.removeEventListener("visibilitychange", show);
  };
}

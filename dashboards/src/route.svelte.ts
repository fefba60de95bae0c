/** The state in the URL: page, site, date, view, booking. */
export type Page = "morning" | "diary" | "now" | "acts" | "account" | "users" | "groups" | "invitation" | "notices" | "sign-in" | "hire" | "pair" | "my-bookings" | "find" | "closures" | "use" | "estate" | "wall" | "search" | "buildings" | "setup" | "transfer" | "holders" | "unknown";

const PAGES: readonly string[] = ["morning", "diary", "now", "acts", "account", "users", "groups", "invitation", "notices", "sign-in", "hire", "pair", "my-bookings", "find", "closures", "use", "estate", "wall", "search", "buildings", "setup", "transfer", "holders"];

export interface Route {
  page: Page;
  site: string;
  date: string;
  view: string;
  booking: string;
  /** What a page or a view looks for; it ends with it. */
  q: string;
}

const KEYS = ["site", "date", "view", "booking", "q"] as const;

function read(): Route {
  const search = new URLSearchParams(location.search);
  // A provider of accounts sends people back to /account/<its id>.
  const name = location.pathname.slice(1).replace(/^account\/.+/, "account") || "diary";
  return {
    page: PAGES.includes(name) ? (name as Page) : "unknown",
    site: search.get("site") ?? "",
    date: search.get("date") ?? "",
    view: search.get("view") ?? "",
    booking: search.get("booking") ?? "",
    q: search.get("q") ?? "",
  };
}

let current = $state(read());

export const route = {
  get at(): Route {
    return current;
  },
  /** The address of this page with some parts changed; empty parts are left out. */
  href(change: Partial<Route>): string {
    const next = { ...current, ...("page" in change || "view" in change ? { q: "" } : {}), ...change };
    const search = new URLSearchParams();
    for (const key of KEYS) if (next[key]) search.set(key, next[key]);
    const query = search.toString();
    const path = next.page === "unknown" ? location.pathname : `/${next.page}`;
    return `${path}${query ? `?${query}` : ""}`;
  },
  go(change: Partial<Route>, how: "push" | "replace" = "push"): void {
    const href = route.href(change);
    if (href === location.pathname + location.search) return;
    history[how === "push" ? "pushState" : "replaceState"](null, "", href);
    current = read();
  },
};

addEventListener("popstate", () => {
  current = read();
});

/** Follows links to our own pages without reloading the app. */
addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin) return;
  if (!["", ...PAGES].includes(link.pathname.slice(1)) || link.hash) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  current = read();
});

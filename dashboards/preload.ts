/**
 * What a page fetches first, by its address: the server names it in the page's head, so that a browser fetches it beside the
 * app and not after it. Written as `preload.json`: address -> files and API paths.
 */
import type { Plugin } from "vite";

interface First {
  /** Modules in src/ without those that they import. */
  parts: string[];
  /** What somebody who is signed in asks the API exactly so, in the end; {site} is the one in the address, {date} its day, {next} the day after. */
  api?: string[];
}

const managing = (part: string, ...api: string[]): First => ({ parts: ["buildings/Managing", part], api });
const account = (...parts: string[]): First => ({ parts: ["account/AccountPages", ...parts] });
const building = (...parts: string[]): First => ({ parts: ["buildings/Buildings", ...parts], api: ["/sites/{site}"] });
const diary = (...parts: string[]): First => ({
  parts: ["diary/Diary", ...parts],
  api: ["", "/modes?from={date}&to={next}", "/bookings?from={date}&to={next}", "/requests?limit=50"].map((path) => `/sites/{site}${path}`),
});

/** A page, or one view of it. */
const FIRST: Record<string, First> = {
  morning: { parts: ["morning/Morning"], api: ["/sites/{site}/morning?days=1"] },
  "morning/week": { parts: ["morning/Morning"], api: ["/sites/{site}/morning?days=7"] },
  diary: diary(),
  "diary/week": diary("diary/WeekView"),
  "diary/month": diary("diary/MonthView"),
  "diary/list": diary("diary/ListView"),
  "diary/requests": diary("diary/RequestList"),
  search: managing("diary/Search"),
  now: { parts: ["now/Now"], api: ["/sites/{site}/now", "/sites/{site}"] },
  acts: managing("acts/Acts"),
  account: {
    parts: ["account/AccountPages", "account/Tokens"],
    api: ["/session/email", "/session/notice-preferences", "/sign-in-options", "/passkeys", "/session/accounts", "/session/second-factor", "/sessions", "/tokens"],
  },
  "account/audit": account("audit/Audit"),
  users: managing("users/Users", "/users?search=&ended=false"),
  "users/displays": managing("users/Users"),
  groups: { parts: ["groups/Groups"] },
  invitation: account("groups/Invitation"),
  notices: managing("noticeLog/NoticeLog", "/sites/{site}/notices", "/sites/{site}/notices/status"),
  "sign-in": account(),
  hire: account("hire/Hire"),
  pair: account("displays/PairDisplay"),
  "my-bookings": { parts: ["mine/MyBookings"], api: ["/my/bookings?over=false&limit=100"] },
  find: { parts: ["find/Find"], api: ["/find/offered"] },
  closures: { parts: ["closures/Closures"], api: ["/sites/{site}", "/sites/{site}/overrides", "/sites/{site}/closure-batches"] },
  "closures/year": { parts: ["closures/Closures", "closures/Year"] },
  use: managing("use/Use"),
  "use/attendance": managing("use/Attendance"),
  "use/expected": managing("use/Expected", "/sites/{site}/forecast"),
  "use/count": managing("use/HandCount", "/sites/{site}/hand-counts", "/sites/{site}"),
  estate: managing("allSites/AllSites"),
  wall: managing("wall/Wall"),
  buildings: building("buildings/Rooms"),
  "buildings/doors": building("buildings/Doors"),
  "buildings/sensors": building("buildings/Sensors"),
  "buildings/prices": building("buildings/Calculator", "buildings/Rules"),
  "buildings/rules": building("buildings/Rules"),
  setup: managing("buildings/Setup"),
  tablet: { parts: ["tablet/Tablet"] },
  "tablet/wall": { parts: ["wall/PairedWall"] },
};

interface Chunk {
  type: string;
  isEntry?: boolean;
  fileName: string;
  imports?: string[];
  moduleIds?: string[];
  viteMetadata?: { importedCss: Set<string> };
}

export function preload(): Plugin {
  return {
    name: "preload",
    enforce: "post",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle) as Chunk[];
      const files = (chunk: Chunk | undefined, found: Set<string>): Set<string> => {
        if (!chunk || chunk.isEntry || found.has(chunk.fileName)) return found;
        found.add(chunk.fileName);
        // As the styles of what is imported come first where a browser loads them later.
        for (const each of chunk.imports ?? []) files(bundle[each] as Chunk | undefined, found);
        for (const each of chunk.viteMetadata?.importedCss ?? []) found.add(each);
        return found;
      };
      const first = Object.entries(FIRST).map(([page, { parts, api = [] }]) => {
        const found = new Set<string>();
        for (const part of parts) {
          const chunk = chunks.find((one) => one.moduleIds?.some((id) => id.endsWith(`/src/${part}.svelte`)));
          if (!chunk) throw new Error(`no file has src/${part}.svelte, which ${page} is said to begin with`);
          files(chunk, found);
        }
        return [page, { files: [...found], api }];
      });
      this.emitFile({ type: "asset", fileName: "preload.json", source: JSON.stringify(Object.fromEntries(first)) });
    },
  };
}

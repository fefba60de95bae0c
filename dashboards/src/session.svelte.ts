import { get, onSignedOut, Refusal, send } from "./api.ts";
import { serverClock } from "./serverClock.svelte.ts";
import { live } from "./live.svelte.ts";

export type SessionState = "unknown" | "in" | "out" | "set-up" | "unreachable";

/** The first page of who is signed in, so that it is loaded at once; a first visit requests no session that cannot exist. */
const REMEMBERED = "hk-signed-in";
/** Whether this browser has a session, by what the server says in the page's head; the session may have ended. */
const HAS_SESSION = document.querySelector('link[href$="/session"]');

let state = $state<SessionState>("unknown");
let user = $state("");
let assignments = $state.raw<Assignment[]>([]);
let actions = $state.raw<Record<string, string[] | null>>({});
let party = $state<string | null>(null);
/** While the user signs out by the button. The server may say so on the live socket before it answers. */
let signingOut = false;

/** `site` and `until_at`: null for all sites, and for no end. */
export interface Assignment {
  role: string;
  site: string | null;
  party: string | null;
  party_name: string | null;
  until_at: string | null;
}

/** `actions`: the sites at which the user may do it, null for all of them. */
interface Found {
  user: string;
  now: string;
  assignments: Assignment[];
  actions: Record<string, string[] | null>;
  party: string | null;
}

function entered(found: Found): void {
  ({ user, assignments, actions, party } = found);
  state = "in";
  localStorage.setItem(REMEMBERED, session.home);
}

function left(): void {
  live.stop();
  localStorage.removeItem(REMEMBERED);
  user = "";
  state = "out";
  // The next user must not see what was typed into forms.
  if (signingOut) sessionStorage.clear();
}

async function ask(): Promise<boolean> {
  try {
    const found = await get<Found>("/session");
    if (found.now) serverClock.sync(found.now);
    if (found.user) entered(found);
    return Boolean(found.user);
  } catch (fault) {
    if (fault instanceof Refusal && (fault.status === 401 || fault.status === 403)) return false; // 403: of a room's tablet
    throw fault;
  }
}

export const session = {
  get state(): SessionState {
    return state;
  },
  /** Whether this browser has a session that may still hold. */
  get expected(): boolean {
    return HAS_SESSION !== null;
  },
  get user(): string {
    return user;
  },
  /** Whether the user may do something at a site, for some party at least; without one, at any of theirs. */
  can(action: string, site?: string): boolean {
    const sites = actions[action];
    return sites === null || (sites !== undefined && (!site || sites.includes(site)));
  },
  /** Whether the user may do something at all sites. */
  everywhere(action: string): boolean {
    return actions[action] === null;
  },
  /** What the user has been given, and holds now. */
  get assignments(): Assignment[] {
    return assignments;
  },
  /** The first page: of who has no role but in groups, what these have booked. */
  get home(): "diary" | "my-bookings" {
    return assignments[0] && assignments.every((one) => one.party) ? "my-bookings" : "diary";
  },
  /** The only party that the user books for. */
  get party(): string | null {
    return party;
  },
  /** The first page of who was signed in when this app was last closed; null for nobody. */
  get remembered(): string | null {
    return localStorage.getItem(REMEMBERED);
  },
  async open(): Promise<void> {
    try {
      // A page that frames ours may have signed in for it.
      if ((HAS_SESSION || session.remembered || parent !== window) && (await ask())) return;
      const { setup_needed } = await get<{ setup_needed: boolean }>("/setup-needed");
      localStorage.removeItem(REMEMBERED);
      state = setup_needed ? "set-up" : "out";
    } catch {
      state = "unreachable";
    }
  },
  /** Asks the server who is signed in, and stores it; whether anybody is. */
  ask,
  async signOut(): Promise<void> {
    signingOut = true;
    try {
      await send("DELETE", "/session");
      if (state === "in") left();
    } finally {
      signingOut = false;
    }
  },
};

onSignedOut(() => {
  if (state === "in") left();
});
live.onDoubt(() => {
  if (state !== "in") return;
  ask().then(
    (found) => {
      if (!found && state === "in") left();
    },
    () => {},
  );
});

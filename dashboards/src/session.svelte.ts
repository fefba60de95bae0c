import { get, onSignedOut, Refusal, send } from "./api.ts";
import { serverClock } from "./serverClock.svelte.ts";
import { live } from "./live.svelte.ts";

export type SessionState = "unknown" | "in" | "out" | "set-up" | "unreachable";

/** Set on sign-in, so that a first visit does not ask for a session it cannot have. */
const REMEMBERED = "hk-signed-in";

let state = $state<SessionState>("unknown");
let user = $state("");
let role = $state("");
let party = $state<string | null>(null);

function entered(found: { user: string; role: string; party: string | null }): void {
  ({ user, role, party } = found);
  state = "in";
  localStorage.setItem(REMEMBERED, "1");
}

function left(): void {
  live.stop();
  localStorage.removeItem(REMEMBERED);
  user = "";
  state = "out";
}

async function ask(): Promise<boolean> {
  try {
    const found = await get<{ user: string; now: string; role: string; party: string | null }>("/session");
    if (found.now) serverClock.sync(found.now);
    if (found.user) entered(found);
    return Boolean(found.user);
  } catch (fault) {
    if (fault instanceof Refusal && fault.status === 401) return false;
    throw fault;
  }
}

export const session = {
  get state(): SessionState {
    return state;
  },
  get user(): string {
    return user;
  },
  /** Whether they may ask for bookings. */
  get canBook(): boolean {
    return role !== "reader" && role !== "porter";
  },
  /** Whether they look after doors, and so see what happens in the building. */
  get canOperate(): boolean {
    return role !== "booker" && role !== "reader";
  },
  /** What they are here: admin, manager, booker, porter or reader. */
  get role(): string {
    return role;
  },
  /** For whom a booker books. */
  get party(): string | null {
    return party;
  },
  /** Whether somebody was signed in here when this page was left. */
  get maybeSignedIn(): boolean {
    return Boolean(localStorage.getItem(REMEMBERED));
  },
  async open(): Promise<void> {
    try {
      if (session.maybeSignedIn && (await ask())) return;
      const { setup_needed } = await get<{ setup_needed: boolean }>("/setup-needed");
      localStorage.removeItem(REMEMBERED);
      state = setup_needed ? "set-up" : "out";
    } catch {
      state = "unreachable";
    }
  },
  /** Whether somebody is signed in: asks, and takes note of who. */
  ask,
  async signOut(): Promise<void> {
    await send("DELETE", "/session");
    left();
    // What was typed into forms is nobody else's.
    sessionStorage.clear();
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

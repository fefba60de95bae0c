/** Texts of the Now page. A missing value is never shown as zero. */
import type { Area, Door, Edge, Snapshot, StoredAlert } from "../model.ts";
import { type Instant, momentText } from "../zone.ts";

export interface Alert {
  key: string;
  text: string;
  /** Since when or at what time, and what it means. */
  when: string;
  /** What the controller has stored of it. */
  stored?: StoredAlert | undefined;
}

export const DOOR_MODES: Record<string, string> = /* words */ {
  free: "Open to all",
  code: "Code needed",
  locked: "Locked",
};
export const CONTACTS = /* words */ { open: "Standing open", closed: "Shut", unknown: "Not known if open" } as const;
export const LOCKS = /* words */ { locked: "locked", unlocked: "unlocked", unknown: "not known if locked" } as const;
export const ALARMS = /* words */ { fire: "Fire", forced: "Forced open", held: "Held open", glass: "Glass broken" } as const;
const TRUST: Record<string, string> = /* words */ {
  synced: "clock set",
  holdover: "clock without a time source",
  unproven: "clock not trusted",
};

/** "14:02", or with its day when not today; "never" when there is nothing. */
export function sinceText(at: string | null | undefined, zone: string, now: Instant): string {
  return at ? momentText(Date.parse(at), zone, now) : "never";
}

/** The text about a lock-out of a door; empty without one. */
export function lockoutText(door: Door, zone: string, now: Instant): string {
  const until = door.codes_wait_until;
  return until && Date.parse(until) > now ? `Too many wrong codes: none is accepted until ${sinceText(until, zone, now)}` : "";
}

/** Alerts, most serious first: fire, duress, intruders, forced doors, broken glass, held doors, faults, guessed codes, overrides that a door does not have, edges offline, refused plans and lost logs. */
export function alerts(snapshot: Snapshot, zone: string, now: Instant): Alert[] {
  const shown = new Set<StoredAlert>();
  const storedOf = (kind: string, about: string, edge?: string): StoredAlert | undefined => {
    const found = snapshot.alerts.find((one) => one.kind === kind && (edge === undefined ? one.about === about : one.edge === edge));
    if (found) shown.add(found);
    return found;
  };
  /** Whether one alert stands for many: of an edge, or of the site where `edge` is empty. */
  const together = (kind: string, edge: string) =>
    snapshot.alerts.some((one) => one.kind === kind && one.edge === edge && !one.about && !one.over_since);
  const doors = (kind: "forced" | "held" | "glass", text: string): Alert[] =>
    snapshot.doors
      .filter((one) => one.alarm === kind)
      .map((one) => ({
        key: `${kind} ${one.id}`,
        text: `${one.name} ${text}`,
        when: `since ${sinceText(one.since, zone, now)}`,
        stored: storedOf(kind, one.id),
      }));
  const fires = snapshot.fires.map((one) => ({
    key: `fire ${one.edge} ${one.state}`,
    text: one.state === "active" ? "Fire alarm" : "The fire alarm is reset, and the doors are still as in a fire",
    when: `since ${sinceText(one.since, zone, now)}${one.state === "active" ? "" : "; a key holder's code or card at any reader ends it"}`,
    stored: storedOf(one.state === "active" ? "fire" : "fire_latched", "", one.edge),
  }));
  const intruders = snapshot.areas
    .filter((one) => one.state === "triggered")
    .map((one) => ({
      key: `intruder ${one.id} ${one.since}`,
      text: `Intruder alarm in ${one.id}${one.why ? `: ${one.why}` : ""}`,
      when: `since ${sinceText(one.since, zone, now)}`,
      stored: storedOf("intruder", one.id),
    }));
  const withheld = snapshot.areas
    .filter((one) => one.withheld && one.state === "unset")
    .map((one) => ({ key: `withheld ${one.id} ${one.withheld}`, text: `The alarm in ${one.id} does not set: ${one.withheld}`, when: "", stored: storedOf("withheld", one.id) }));
  const faults = snapshot.doors.flatMap((one) => {
    if (!one.faults.length || together("fault", one.edge)) return [];
    const stored = storedOf("fault", one.id);
    return one.faults.map((fault) => ({
      key: `fault ${one.id} ${fault.code} ${fault.part}`,
      text: `${one.name}: ${fault.text}`,
      when: fault.hint,
      stored,
    }));
  });
  const guessed = snapshot.doors
    .map((one) => ({ key: `waits ${one.id} ${one.codes_wait_until}`, text: lockoutText(one, zone, now), when: `at ${one.name}`, id: one.id }))
    .filter((one) => one.text)
    .map(({ id, ...one }) => ({ ...one, stored: storedOf("lockout", id) }));
  const away = snapshot.edges
    .filter((one) => !one.online && !together("offline", ""))
    .map((one) => ({
      key: `edge ${one.id}`,
      stored: storedOf("offline", one.id),
      text: one.revoked_at ? `${one.name} was revoked and needs a new token` : `${one.name} is offline`,
      when: `since ${sinceText(one.revoked_at ?? one.since, zone, now)}; if it has power, its doors go on by their last plan`,
    }));
  const told = (duress: boolean): Alert[] =>
    snapshot.alerts
      .filter((one) => (one.kind === "duress") === duress && !one.over_since && !shown.has(one))
      .map((one) => ({
        key: `told ${one.edge} ${one.at} ${one.text}`,
        text: one.text,
        when: `at ${sinceText(one.at, zone, now)}${one.hint ? `; ${one.hint}` : ""}`,
        stored: one,
      }));
  const missed = snapshot.overrides.flatMap((one) =>
    one.doors
      .filter((at) => at.state === "unreachable" || at.state === "removing")
      .map((at) => ({
        key: `override ${one.id} ${at.door} ${at.state}`,
        text: `${snapshot.doors.find((door) => door.id === at.door)?.name ?? at.door} is ${at.text}`,
        when: "",
      })),
  );
  const byDoor = [
    ...doors("forced", "was forced open"),
    ...doors("glass", "is unlocked, since its break-glass unit is broken,"),
    ...doors("held", "is held open"),
  ];
  return [
    ...fires,
    ...told(true),
    ...intruders,
    ...byDoor,
    ...withheld,
    ...faults,
    ...guessed,
    ...missed,
    ...away,
    ...told(false),
  ];
}

/** The alarm of an area as text. */
export function areaWords(area: Area, zone: string, now: Instant): string {
  const when = area.since ? ` since ${sinceText(area.since, zone, now)}` : "";
  const said = {
    unset: `Unset${when}${area.why && area.since ? `, by ${area.why}` : ""}`,
    warning: "About to set",
    set: `Set${when}`,
    triggered: `Triggered${when}${area.why ? `: ${area.why}` : ""}`,
  }[area.state];
  return area.stale ? `${said}; its edge is offline` : said;
}

/** "nobody counted since 09:14: the inner beam is blocked"; empty where a counter counts. */
export function notCounting(counter: Pick<Snapshot["counters"][number], "not_counting_since" | "faults">, zone: string, now: Instant): string {
  if (!counter.not_counting_since) return "";
  return `nobody counted since ${sinceText(counter.not_counting_since, zone, now)}: ${counter.faults.map((fault) => fault.text).join("; ")}`;
}

/** How many of the devices that are there now are there at night too; 0 where that is not known. */
export function atNightToo({ stations, fixed }: Pick<Snapshot["wifi"][number], "stations" | "fixed">): number {
  return Math.min(stations ?? 0, fixed ?? 0);
}

/** The overrides of a door as text; `bad`: the door does not follow it. */
export function doorOverrides(snapshot: Snapshot, door: string): { id: string; text: string; bad: boolean }[] {
  return snapshot.overrides.flatMap((one) =>
    one.doors
      .filter((at) => at.door === door && at.state !== "gone")
      .map((at) => ({
        id: one.id,
        text: at.text[0]!.toUpperCase() + at.text.slice(1),
        bad: at.state === "unreachable" || at.state === "removing",
      })),
  );
}

/** What an edge rejected; mistyped codes are normal and counted separately. */
export function healthCounts(edge: Edge): { faults: [string, number][]; wrongCodes: number } {
  const { wrong_codes: wrongCodes = 0, ...rest } = edge.health;
  return { faults: Object.entries(rest).filter(([, count]) => count > 0), wrongCodes };
}

export function planWords(edge: Edge): string {
  if (edge.revoked_at !== null) return "revoked: it gets no plan until it enrols again with a new token";
  if (edge.plan_refused !== null) return `refused the newest plan: ${edge.plan_refused}`;
  if (edge.applied_version === null) return "no plan yet";
  return edge.plan_version === edge.applied_version ? "plan up to date" : "waiting to apply the newest plan";
}

export function trustWords(edge: Edge): string {
  return edge.trust ? (TRUST[edge.trust] ?? edge.trust) : "clock not known";
}

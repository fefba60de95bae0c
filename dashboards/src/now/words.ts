/** The words of the Now page: silence is said as silence, never shown as zero. */
import type { Door, Edge, Snapshot } from "../model.ts";
import { type Instant, moment } from "../zone.ts";

export interface Alert {
  key: string;
  text: string;
  since: string;
}

export const DOOR_MODES: Record<string, string> = {
  free: "Open to all",
  code: "Code needed",
  locked: "Locked",
};
export const CONTACTS = { open: "Standing open", closed: "Shut", unknown: "Not known if open" } as const;
export const STRIKES = { locked: "strike locked", unlocked: "strike released", unknown: "strike not known" } as const;
const TRUST: Record<string, string> = {
  synced: "clock right",
  holdover: "clock running on its own",
  unproven: "clock not proven",
};

/** "14:02", or with its day when not today; "never" when there is nothing. */
export function since(at: string | null | undefined, zone: string, now: Instant): string {
  return at ? moment(Date.parse(at), zone, now) : "never";
}

/** What needs somebody, worst first: forced doors, held doors, edges out of reach. */
export function alerts(snapshot: Snapshot, zone: string, now: Instant): Alert[] {
  const doors = (kind: Door["alarm"], text: string): Alert[] =>
    snapshot.doors
      .filter((one) => one.alarm === kind)
      .map((one) => ({ key: `${kind} ${one.id}`, text: `${one.name} ${text}`, since: since(one.since, zone, now) }));
  const away = snapshot.edges
    .filter((one) => !one.online)
    .map((one) => ({
      key: `edge ${one.id}`,
      text: `${one.name} is out of reach; its doors go on by themselves`,
      since: since(one.since, zone, now),
    }));
  return [...doors("forced", "was forced open"), ...doors("held", "is held open"), ...away];
}

export function planWords(edge: Edge): string {
  if (edge.applied_version === null) return "no plan yet";
  return edge.plan_version === edge.applied_version ? "plan up to date" : "waiting to apply the newest plan";
}

export function trustWords(edge: Edge): string {
  return edge.trust ? (TRUST[edge.trust] ?? edge.trust) : "clock not known";
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Users and their assignments as the API has them, and the roles in words. */
import { estate } from "../estate.svelte.ts";
import { serverClock } from "../serverClock.svelte.ts";
import { session } from "../session.svelte.ts";
import { momentText } from "../zone.ts";

export interface Assignment {
  id: string;
  role: Role;
  site: string | null;
  party: string | null;
  party_name: string | null;
  from_at: string | null;
  until_at: string | null;
  state: "coming" | "in_force" | "over";
  given_by: string;
  given_at: string;
}

export interface User {
  id: string;
  name: string;
  email: string | null;
  assignments: Assignment[];
  created_at: string;
  ended_at: string | null;
  ended_links: number;
}

export const ROLES = {
  owner: "Owner: everything",
  manager: "Manager: runs the building",
  facilities: "Facilities: doors and devices",
  porter: "Porter: doors and codes on site",
  group_leader: "Group leader: books for a group",
  group_member: "Group member: sees their group's bookings",
  partner: "Partner service: books with priority",
  tablet: "Tablet at a door",
  wall: "Screen in the foyer",
  auditor: "Auditor: reads figures and the log",
} as const;
export type Role = keyof typeof ROLES;

/** Held for a party. */
const OF_PARTY: readonly string[] = ["group_leader", "group_member", "partner"];
/** Which action the role takes that not everybody who keeps users has: nobody gives a right that they lack. */
const NEEDS: Partial<Record<Role, string>> = { owner: "build", auditor: "audit" };

export function ofParty(role: Role): boolean {
  return OF_PARTY.includes(role);
}

/** The roles that the user may give somewhere. */
export function givable(): { value: Role; words: string }[] {
  const all = Object.entries(ROLES) as [Role, string][];
  return all.filter(([role]) => session.can(NEEDS[role] ?? "users")).map(([value, words]) => ({ value, words }));
}

/** Where the user may give roles. */
export function places(): { value: string; words: string }[] {
  const here = (estate.sites ?? []).filter(({ id }) => session.can("users", id)).map(({ id, name }) => ({ value: id, words: name }));
  return session.everywhere("users") ? [...here, { value: "", words: "All buildings" }] : here;
}

export function siteName(site: string | null): string {
  return site === null ? "All buildings" : (estate.sites?.find(({ id }) => id === site)?.name ?? site);
}

export function zoneOf(site: string | null): string {
  return (estate.sites?.find(({ id }) => id === site) ?? estate.sites?.[0])?.zone ?? "UTC";
}

export function moment(at: string, site: string | null): string {
  return momentText(Date.parse(at), zoneOf(site), serverClock.now ?? Date.now());
}

export function roleName(role: Role): string {
  return ROLES[role].split(":")[0]!;
}

/** "Porter, Ramsey, from Tue 1 Dec 00:00, until …" */
export function assignmentText(one: Assignment): string {
  const from = one.from_at && one.state === "coming" ? `, from ${moment(one.from_at, one.site)}` : "";
  const until = one.until_at ? `, until ${moment(one.until_at, one.site)}` : "";
  return `${roleName(one.role)}${one.party ? ` of ${one.party_name ?? one.party}` : ""}, ${siteName(one.site)}${from}${until}`;
}

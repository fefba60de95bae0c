/** What the page for people without an account reads and sends. */
import type { Proposal, Reason } from "../model.ts";

export interface HireSpace {
  id: string;
  name: string;
  holds: number | null;
  layouts: { id: string; name: string; holds: number | null }[];
}

export interface HireOptions {
  now: string;
  site: string;
  site_name: string;
  phone: string;
  timezone: string;
  mail: boolean;
  terms: string;
  terms_version: string;
  spaces: HireSpace[];
}

/** Where and when, as it is sent. */
export interface HireTime {
  space: string;
  layout: string | null;
  starts: string;
  ends: string;
}

export interface HireCheck {
  site: string;
  site_name: string;
  phone: string;
  timezone: string;
  space: string;
  space_name: string;
  when: string;
  free: boolean;
  needs_approval: boolean;
  reasons: Reason[];
  quote: { text: string; total_pence: number | null };
  instead: Proposal[];
  why: string;
  terms: string;
  terms_version: string;
  accepted: string | null;
}

export interface Hired {
  site_name: string;
  space_name: string;
  title: string;
  when: string;
  status: "confirmed" | "held" | "requested";
  link: string;
}

/** The link's token, or the request for which digits were sent. */
export type HireProof = { token: string } | { request: string; digits: string };

/** What is kept while somebody reads their mail. */
export interface HireAsked {
  site: string;
  request: string;
  email: string;
  what: string;
}

export const KEPT = "hk-hire-asked";
/** Refusals after which the page shows how things are now. */
export const CHANGED = ["clash", "not-possible", "hire-terms-changed"];

/** A time that was proposed, as it is sent. */
export function timeOf({ space, layout, starts, ends }: HireTime): HireTime {
  return { space, layout, starts, ends };
}

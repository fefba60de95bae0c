/** What the API says of calendars that come in and go out. */
import { plural } from "../language.ts";
import type { Conflict } from "../model.ts";

export interface Listed {
  line: number;
  text: string;
  title: string;
  starts: string | null;
  ends: string | null;
}

export interface Feed {
  id: string;
  name: string;
  space: string;
  party: string | null;
  address: string;
  every_min: number;
  paused: boolean;
  status: "new" | "ok" | "clashes" | "failing";
  text: string;
  stale_since: string | null;
  fresh_at: string | null;
  asked_at: string | null;
  next_at: string;
  blocks: number;
  last: { clashing: number; refused: number; clashes: Listed[]; refusals: Listed[] };
  version: number;
}

interface Event {
  line: number;
  title: string;
  starts: string;
  ends: string;
}

export interface CalendarAnswer {
  imported: (Event & { booking: string | null; how: string })[];
  unchanged: number;
  past: number;
  goes_on: { line: number; title: string; text: string }[];
  refused: { line: number; uid: string | null; why: string }[];
  clashes: (Event & { text: string; conflicts: Conflict[] })[];
  vanished: (Event & { cancelled: boolean })[];
  whole: boolean;
}

export interface Link {
  id: string;
  name: string;
  shows: "taken" | "titles" | "contacts";
  site: string | null;
  space: string | null;
  party: string | null;
  link: string;
  created_at: string;
  created_by: string;
}

export const EVERY = [
  { value: "15", words: "Every 15 minutes" },
  { value: "30", words: "Every half an hour" },
  { value: "60", words: "Every hour" },
  { value: "360", words: "Every 6 hours" },
  { value: "1440", words: "Once a day" },
];

export const SHOWS = [
  { value: "taken", words: "Only that the time is taken" },
  { value: "titles", words: "The titles of bookings" },
  { value: "contacts", words: "Titles, whose it is, and how to reach them" },
] as const;

/** "42 events, 3 clash, 1 not understood" */
export function summaryOf(found: CalendarAnswer): string {
  const all = found.imported.length + found.unchanged + found.clashes.length;
  const said = [
    plural(all, `${all} event`, `${all} events`),
    ...(found.unchanged ? [`${found.unchanged} in already`] : []),
    ...(found.clashes.length ? [plural(found.clashes.length, `${found.clashes.length} clashes`, `${found.clashes.length} clash`)] : []),
    ...(found.refused.length ? [`${found.refused.length} not understood`] : []),
    ...(found.past ? [`${found.past} over already`] : []),
  ];
  return said.join(", ");
}

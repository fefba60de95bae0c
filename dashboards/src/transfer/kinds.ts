/** The kinds of spreadsheets that the controller knows. */
import type { Site, Space } from "../model.ts";
import { type Day, dayPlus, fieldDay } from "../zone.ts";

export type KindId = "bookings" | "parties" | "holders" | "members";

export interface Kind {
  id: KindId;
  words: string;
  /** One row of it, and several. */
  one: string;
  many: string;
  action: "run" | "people" | "keys";
  /** What is in it, and which columns it must have. */
  about: string;
  needed: string;
  /** What can be taken back after an import. */
  back: string;
  page: { page: "diary" | "groups" | "holders"; view: string; words: string };
}

export const KINDS: readonly Kind[] = [
  {
    id: "bookings",
    words: "Bookings",
    one: "booking",
    many: "bookings",
    action: "run",
    about: "One booking a row. Rows of bookings that are there already change or cancel them; nothing is booked twice.",
    needed: /* not words */ "space, title, date, start, end",
    back: "New bookings can be taken back afterwards, all at once. What a row changes or cancels cannot be: save a copy first.",
    page: { page: "diary", view: "list", words: "Look at the diary" },
  },
  {
    id: "parties",
    words: "Groups, organisations and people",
    one: "group or person",
    many: "groups and people",
    action: "people",
    about: "Who books: one group, organisation or person a row. Rows of those that are there already change them.",
    needed: /* not words */ "name, kind",
    back: "New ones can be taken back afterwards, all at once, unless somebody has booked for them. What a row changes cannot be: save a copy first.",
    page: { page: "groups", view: "", words: "Look at the groups" },
  },
  {
    id: "holders",
    words: "Cards and codes of staff, key holders and contractors",
    one: "card or code",
    many: "people with cards and codes",
    action: "keys",
    about: "One person a row. A code is drawn for each new person without a card, and shown once, after the import. At most 1,000 rows.",
    needed: /* not words */ "name, kind, places, from",
    back: "New people can be taken back afterwards: then their cards and codes open nothing. What a row changes cannot be: save a copy first.",
    page: { page: "holders", view: "", words: "Look at the cards and codes" },
  },
  {
    id: "members",
    words: "Members of the library",
    one: "member",
    many: "members",
    action: "keys",
    about: "The library system's list: the number on the card, and the PIN if it has one. No names are kept.",
    needed: /* not words */ "number",
    back: "This cannot be taken back. To go back, import the list from before as the whole list.",
    page: { page: "holders", view: "members", words: "Look at the members" },
  },
];

export const importPath = (kind: KindId, site: string): string => (kind === "bookings" ? `/sites/${site}/bookings/import` : `/${kind}/import`);

/** The rows of a sample file, which can be imported as it is. `today`: at the site. */
export function sampleOf(kind: KindId, site: Site, spaces: readonly Space[], today: Day): string[][] {
  const day = (days: number) => fieldDay(dayPlus(today, days));
  const space = spaces.find((one) => one.bookable)?.name ?? "Main hall";
  switch (kind) {
    case "bookings":
      return [
        ["reference", "space", "title", "date", "start", "end", "party", "people", "contact_name", "contact_phone", "contact_email", "notes"],
        ["sample-1", space, "Choir practice (sample)", day(21), "18:00", "19:30", "", "12", "Ann Reed", "01487 555010", "ann@example.org", ""],
        ["sample-2", space, "Yoga (sample)", day(22), "10:00", "11:00", "", "8", "", "", "", "Mats are in the cupboard"],
      ];
    case "parties":
      return [
        ["kind", "name", "tier", "organisation", "contact_name", "contact_phone", "contact_email", "notes"],
        ["group", "Sample choir", "community", "", "Ann Reed", "01487 555010", "ann@example.org", ""],
        ["organisation", "Sample arts trust", "partner", "", "", "", "office@example.org", ""],
      ];
    case "holders":
      return [
        ["name", "kind", "places", "from", "until", "card", "code"],
        ["Una Porter (sample)", "key holder", site.id, today, "", "", ""],
        ["Ben Sparks (sample)", "contractor", site.id, today, dayPlus(today, 14), "", ""],
      ];
    case "members":
      return [
        ["number", "pin", "born", "expires", "suspended", "inducted", "sites"],
        ["S100200300", "2749", "1990-05-01", dayPlus(today, 365), "no", today, site.id],
        ["S100200301", "8316", "2004-11-25", dayPlus(today, 365), "no", "", ""],
      ];
  }
}

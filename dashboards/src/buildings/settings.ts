/** The parts of a policy that have a form of their own: the public page, and the tablets at rooms. Pure. */
import { type Field, listText } from "./fields.ts";
import type { Body } from "./sentence.ts";

/** What rooms often have, by its id. */
export const AMENITY_WORDS: Record<string, string> = {
  "accessible-toilet": "Accessible toilet",
  "hearing-loop": "Hearing loop",
  kitchen: "Kitchen",
  lift: "Lift",
  parking: "Parking",
  piano: "Piano",
  projector: "Projector",
  stage: "Stage",
  toilet: "Toilet",
  whiteboard: "Whiteboard",
  wifi: "Wifi",
};
export const amenityText = (id: string) => AMENITY_WORDS[id] ?? id[0]!.toUpperCase() + id.slice(1).replaceAll("-", " ");

export const PUBLIC_FIELDS: readonly Field[] = [
  { name: "shown", text: "Everybody can read the page", kind: "yes" },
  { name: "unstaffed", text: "Also the hours without staff: then everybody can read when nobody is there to watch", kind: "yes" },
  { name: "in_use", text: "Also when rooms are taken, as “In use”: then everybody can read when they are empty", kind: "yes" },
  { name: "access", text: "Getting in and about", kind: "note", hint: "Parking, toilets, lifts, in your own words.", long: 2000 },
  { name: "contact", text: "Whom to ask", hint: "As everybody may read it, such as 01487 555 0100.", long: 200 },
];

export function publicText({ shown, unstaffed, in_use, access, contact }: Body, site: string): string {
  if (!shown) return `There is no page of ${site}, and none of its events is listed anywhere.`;
  const said = ["the public events", "when it is open", "what its rooms have", unstaffed ? "the hours without staff" : "", in_use ? "when rooms are taken" : "", access ? "how to get in and about" : "", contact ? "whom to ask" : ""].filter(Boolean);
  return `Everybody reads of ${site}: ${listText(said)}.`;
}

export const TABLET_FIELDS: readonly Field[] = [
  { name: "tablet_names", text: "Show which group is there; never a person", kind: "yes" },
  { name: "tablet_end", text: "Who types a booking's code may end it early, for all who came", kind: "yes" },
  { name: "tablet_book", text: "Who types a booking's code may stay half an hour longer, or book the free room; the group pays for it", kind: "yes" },
];

export function tabletText({ tablet_names, tablet_end, tablet_book }: Body): string {
  const acts = ["check in", "report a problem", tablet_end ? "end it early" : "", tablet_book ? "book half an hour more" : ""].filter(Boolean);
  return `“In use${tablet_names ? " by Community choir" : ""} until 20:00.” With its code one may ${listText(acts)}.`;
}

/** What can be done at a room's tablet with a code. */
export type Act = "check-in" | "book" | "end" | "report";
export interface Offer {
  starts: string;
  ends: string;
  longer: boolean;
  price: string;
}
export interface Done {
  text: string;
  code: string;
}
export const HEADINGS: Record<Act, string> = {
  "check-in": "Check in",
  book: "30 minutes in this room",
  end: "End early",
  report: "Report a problem",
};
/** What a problem is about, as the controller takes it and in words. */
export const ABOUT = {
  light: "Light",
  heating: "Heating",
  furniture: "Furniture",
  projector: "Projector",
  door: "Door",
  toilet: "Toilet",
  something_else: "Something else",
};
export interface Problem {
  about: keyof typeof ABOUT;
  text: string;
}

/** What can be done at a room's tablet with a code. */
export type Act = "check-in" | "book" | "end";
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
};

/** The door codes of the booking `of`, which was just made. They are not kept: after a reload My bookings has them. */
export const fresh: { of: string; codes: string[] } = { of: "", codes: [] };

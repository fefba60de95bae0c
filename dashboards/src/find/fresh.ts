/** The door codes of the booking that was just made. They are not kept: after a reload My bookings has them. */
export const fresh: { codes: string[] } = { codes: [] };

/** Acts on one booking, and gives it back as it is then. */
import { send } from "../api.ts";
import { type Booking, type BookingAction, toBooking, type WireBooking } from "../model.ts";

/** What the parts of the panel need that act on its booking. */
export interface BookingProps {
  booking: Booking;
  zone: string;
  now: number;
  changed: (one: Booking) => void;
}

/** `said`: why, or that a buffer is overruled. */
export async function actOnBooking(
  id: string,
  act: BookingAction,
  said: { reason?: string; overrule?: true } = {},
  method: "POST" | "DELETE" = "POST",
): Promise<Booking> {
  return toBooking(await send<WireBooking>(method, `/bookings/${id}/${act.replace("_", "-")}`, method === "POST" ? said : undefined));
}

/** The price of a booking as text for the panel. Pure. The API formats all amounts. */

export interface BookingQuote {
  /** As text, with VAT if there is any. */
  text: string;
  total_pence: number | null;
  /** The cancellation charges by time before the start. */
  terms: string;
  /** False while the booking waits for a decision: the price may still change. */
  frozen: boolean;
  /** The charge if it is cancelled now; empty and null if that changes nothing. */
  if_cancelled: string;
  if_cancelled_pence: number | null;
}

/** "£24.00 including VAT of £4.00", "free of charge", "£24.00 if it is confirmed". */
export function priceText(quote: BookingQuote): string {
  return quote.frozen ? quote.text : `${quote.text} if it is confirmed`;
}

/** The charge for cancelling now, as a sentence; empty if the booking is free of charge. */
export function cancellationText(quote: BookingQuote): string {
  const pence = quote.if_cancelled_pence;
  if (pence === null || quote.total_pence === 0) return "";
  return pence ? `Cancelled now, ${quote.if_cancelled} is charged.` : "Cancelled now, nothing is charged.";
}

/** What a booking costs, as the API tells it, in the words of the panel. Pure. */

export interface BookingQuote {
  /** In words, with VAT where there is any. */
  text: string;
  total_pence: number | null;
  /** What cancelling costs at which time before the start. */
  terms: string;
  /** False while it waits for a decision: then it is what it would cost. */
  frozen: boolean;
  /** What would be charged if it were cancelled now; empty and null where nothing would change. */
  if_cancelled: string;
  if_cancelled_pence: number | null;
}

/** "£24.00 including VAT of £4.00", "free of charge", "£24.00 if it is confirmed". */
export function priceText(quote: BookingQuote): string {
  return quote.frozen ? quote.text : `${quote.text} if it is confirmed`;
}

/** What cancelling now would cost, as a sentence; empty where nothing is charged for it at all. */
export function cancellationText(quote: BookingQuote): string {
  const pence = quote.if_cancelled_pence;
  if (pence === null || quote.total_pence === 0) return "";
  return pence ? `Cancelled now, ${quote.if_cancelled} is charged.` : "Cancelled now, nothing is charged.";
}

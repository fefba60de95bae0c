/** What the server's no means for whoever decides about somebody else's wish. Pure. */
import { Refusal, words } from "../api.ts";

/** Why it is not done: the reasons alone where there are any, since advice to whoever asks is none to who decides. */
export function told(fault: unknown): string {
  const reasons = fault instanceof Refusal ? fault.reasons.filter(({ why }) => why !== "approval") : [];
  return reasons.length ? `${reasons.map(({ text }) => text).join("; ")}.` : words(fault);
}

/** What went wrong when somebody signs in or changes how they do, as a sentence. `names`: of the fields. */
import { errorText, Refusal } from "../api.ts";

export function faultText(thrown: unknown, names: Record<string, string> = {}): string {
  const say = (field: string, message: string) => (names[field] ? `${names[field]} ${message}` : message);
  const hints = thrown instanceof Refusal ? thrown.errors.map((one) => say(one.field, one.message)).join(" ") : "";
  if (hints) return hints[0]!.toUpperCase() + hints.slice(1) + ".";
  const text = errorText(thrown);
  return text[0]!.toUpperCase() + text.slice(1);
}

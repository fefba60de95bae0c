/** What would do where nothing is free at the time asked for: up to three hours earlier or later, up to a week later. */
import { newKey, send } from "../api.ts";
import { DebouncedQuery } from "../diary/debouncedQuery.svelte.ts";
import { answers } from "./answers.svelte.ts";
import { type Found, searchOf, type Times } from "./find.ts";

/** Call it while a component is set up. */
export function nearTimes(found: DebouncedQuery<Found>, times: () => Times | null): DebouncedQuery<Found> {
  const near = new DebouncedQuery<Found>();
  const question = $derived.by(() => {
    const at = times();
    const nothing = !answers.all.weekly && found.value?.items.length === 0 && !found.busy;
    return at && nothing ? JSON.stringify(searchOf(answers.all, at, { move_min: 180, days: 7, limit: 4 })) : "";
  });
  $effect(() => {
    const body = question;
    if (!body) return near.clear();
    return near.run((signal) => send("POST", "/find", JSON.parse(body), newKey(), signal));
  });
  return near;
}

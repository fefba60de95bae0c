/** What every step of the page is given. */
import type { DebouncedQuery } from "../diary/debouncedQuery.svelte.ts";
import type { Site } from "../model.ts";
import type { Day } from "../zone.ts";
import type { Faults, Found, FoundSpace, Step, Times } from "./find.ts";

export interface StepProps {
  /** The building that was looked at last; its clock is used until one is chosen. */
  site: Site;
  today: Day;
  /** What is wrong with each field, after a press on the button. */
  faults: Faults;
  times: Times | null;
  parties: readonly { id: string | null; name: string }[];
  found: DebouncedQuery<Found>;
  go: (step: Step) => void;
  take: (one: FoundSpace) => void;
  lookAgain: () => void;
}

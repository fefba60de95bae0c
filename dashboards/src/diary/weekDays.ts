import type { Day } from "../zone.ts";

/** A Monday and the six days after it, to name weekdays by. */
export const WEEK_DAYS: readonly Day[] = Array.from({ length: 7 }, (_, n) => `2024-01-0${n + 1}`);

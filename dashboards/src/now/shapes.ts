/** Icons that only Now shows. */
import { type RareIcon, ICONS } from "../parts/icons.ts";

const RARE: Partial<Record<RareIcon, string>> = {
  wifi: "M3 9.5c5-4.7 13-4.7 18 0M6.2 13c3.3-3 8.3-3 11.6 0M9.3 16.4c1.6-1.4 3.8-1.4 5.4 0M12 19.7v.1",
};
Object.assign(ICONS, RARE);

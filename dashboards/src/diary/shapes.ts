/** Icons that only the panel shows. */
import { type RareIcon, ICONS } from "../parts/icons.ts";

const RARE: Partial<Record<RareIcon, string>> = {
  copy: "M9 8.5h9.5c.6 0 1 .4 1 1V20c0 .6-.4 1-1 1H9c-.6 0-1-.4-1-1V9.5c0-.6.4-1 1-1M15.5 5.5V4c0-.6-.4-1-1-1H5c-.6 0-1 .4-1 1v10.5c0 .6.4 1 1 1",
  print: "M7 8.5V3.5h10v5M7 17H4.5c-.6 0-1-.4-1-1v-6.5c0-.6.4-1 1-1h15c.6 0 1 .4 1 1V16c0 .6-.4 1-1 1H17M7 14h10v6.5H7z",
  move: "M4 12h16M8 8l-4 4 4 4M16 8l4 4-4 4",
  repeat: "M4 11V9.5a3 3 0 0 1 3-3h12.5M16.5 3.5l3 3-3 3M20 13v1.5a3 3 0 0 1-3 3H4.5M7.5 20.5l-3-3 3-3",
};
Object.assign(ICONS, RARE);

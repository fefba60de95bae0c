export type IconName = "tick" | "cross" | "warn" | "clock" | "people" | "door" | "lock" | "left" | "right" | "plus" | "ask" | "dash" | "dot" | "search" | "copy" | "move" | "repeat";

/** SVG paths of the icons, 24 by 24, that the first load of a page needs; `moreIcons.ts` adds the others. */
export const ICONS: Partial<Record<IconName, string>> = {
  tick: "M4 12.5l5.2 5L20 6.5",
  cross: "M6 6l12 12M18 6L6 18",
  warn: "M12 4.2L2.8 19.8h18.4zM12 10v4.6M12 17.2v.1",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2.4",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3 19.5c.5-7 11.5-7 12 0M16 11a3 3 0 0 0 0-6M18 14.5q3 1 3 5",
  door: "M6 20.5V3.7h12v16.8M3.5 20.5h17M14.5 12v.8",
  lock: "M5.3 10.8h13.4v9.4H5.3zM8.3 10.5V7.7a3.7 3.7 0 0 1 7.4 0v2.8",
  left: "M14.5 6l-6 6 6 6",
  right: "M9.5 6l6 6-6 6",
  plus: "M12 5v14M5 12h14",
  ask: "M8.2 9a3.8 3.8 0 1 1 5.6 3.3Q12 13.4 12 15M12 18.6v.1",
  dash: "M5 12h14",
  dot: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5l5 5",
};

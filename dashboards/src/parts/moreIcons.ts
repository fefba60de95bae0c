/** Icons that no page shows at first. A part that names one imports this. */
import { ICONS } from "./icons.ts";

Object.assign(ICONS, {
  copy: "M8 8.5h11.5V21H8zM15.5 5.5V3H4v12.5h1",
  move: "M4 12h16M8 8l-4 4 4 4M16 8l4 4-4 4",
  repeat: "M4 11V6.5h15.5M16.5 3.5l3 3-3 3M20 13v4.5H4.5M7.5 20.5l-3-3 3-3",
});

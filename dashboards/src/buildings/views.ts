/** What the page shows by its address: “”, “doors”; a form: “spaces.hall”, “spaces.” for a new one, “layouts.hall.theatre”. Pure. */

const KINDS = ["site", "spaces", "layouts", "floors", "equipment", "doors", "edges"];
const OF_DOORS = ["doors", "edges", "enrol"];

export interface Edit {
  kind: string;
  /** Null for a new one. */
  id: string | null;
  /** Of a layout, the second part: null for a new one. */
  inner: string | null;
}

export function isEdit(view: string): boolean {
  return view.includes(".") && KINDS.includes(view.split(".")[0]!);
}

export function editOf(view: string): Edit {
  const [kind = "", id = "", inner = ""] = view.split(".");
  return { kind, id: id || null, inner: inner || null };
}

/** The tab that it is on; empty for the first. */
export function tabOf(view: string): string {
  const kind = view.split(".")[0]!;
  return OF_DOORS.includes(kind) ? "doors" : KINDS.includes(kind) ? "" : kind;
}

/** The rooms of a building as rows of a table. */
interface Room {
  name: string;
  state: string;
  people: number | null;
  low: number | null;
  high: number | null;
  rests_on: string;
  missing: string[];
}

export interface RoomsFound {
  rooms: Room[];
  elsewhere: { people: number; low: number; high: number } | null;
  disagree: string;
}

/** A room, how many people are there, and by what. */
export type RoomRow = [string, string, string];

/** The rooms, who is in no measured room, and what contradicts. */
export function roomRows(found: RoomsFound): RoomRow[] {
  const rows = found.rooms.map((one): RoomRow => [
    one.name,
    one.people === null ? one.state : `${one.people}, from ${one.low} to ${one.high}`,
    [one.rests_on, ...one.missing.map((text) => `uncertain: ${text}`)].filter(Boolean).join("; "),
  ]);
  const other = found.elsewhere;
  if (other && found.rooms.some((one) => one.people !== null))
    rows.push(["Elsewhere", `${other.people}, from ${other.low} to ${other.high}`, found.disagree || "in no measured room"]);
  return rows;
}

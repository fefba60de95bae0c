declare module "gettext-parser" {
  /** One entry of a catalogue; `reference`: its files, a line each. */
  interface Entry {
    msgid: string;
    msgid_plural?: string;
    msgstr?: string[];
    comments?: { reference?: string; translator?: string; extracted?: string; flag?: string };
  }
  interface Table {
    charset?: string;
    headers: Record<string, string>;
    translations: Record<string, Record<string, Entry>>;
  }
  export const po: { parse(text: string | Buffer): Table; compile(table: Table, options?: { foldLength?: number; sort?: (a: Entry, b: Entry) => number }): Buffer };
  export const mo: { parse(content: Buffer): Table; compile(table: Table): Buffer };
}

/** Words as no language has them, which show on a page what is in no catalogue, and what breaks where words are longer. */

const ACCENTS: Record<string, string> = { a: "á", c: "ç", e: "é", i: "í", n: "ñ", o: "ó", u: "ú", y: "ý", A: "Á", E: "É", I: "Í", N: "Ñ", O: "Ó", U: "Ú" };

/** `⟦Bóókéd béforé⟧`: each word two fifths longer, with accents, and the whole in brackets; places stay as they are. */
export function pseudo(text: string): string {
  const longer = (word: string) => word.replace(/[acdeinouyAEINOU]/g, (one) => ACCENTS[one] ?? one) + "ė".repeat(word.length < 3 ? 0 : Math.ceil(word.length * 0.4));
  return `⟦${text
    .split(/(\{\w+\}|<[^<>]*>|%\(\w+\)s|&\w+;)/)
    .map((part, at) => (at % 2 ? part : part.replace(/\p{L}+/gu, longer)))
    .join("")}⟧`;
}

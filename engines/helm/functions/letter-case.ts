/** The case of single characters, as Go's unicode package has it: one character becomes one, without special casing. */

function single(char: string, mapped: string): string {
  return Array.from(mapped).length === 1 ? mapped : char;
}

export function upperChar(char: string): string {
  return single(char, char.toUpperCase());
}

export function lowerChar(char: string): string {
  return char === '\u0130' ? 'i' : single(char, char.toLowerCase());
}

/** Letters that stand for two have a form of their own at the start of a word. */
const titleForms = new Map(
  ['ǅ', 'ǈ', 'ǋ', 'ǲ'].flatMap((form) => [form, lowerChar(form), upperChar(form)].map((char) => [char, form])),
);
const georgian = /^[\u10d0-\u10ff]$/;

export function titleChar(char: string): string {
  return titleForms.get(char) ?? (georgian.test(char) ? char : upperChar(char));
}

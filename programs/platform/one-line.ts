/** A text of several lines as one, without the lines that only point at a place. */
export function inOneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[~^]+$/.test(line))
    .join(' | ');
}

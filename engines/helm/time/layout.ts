/** The parts of Go's layouts: each is how the reference time, Mon Jan 2 15:04:05 MST 2006, writes it. */
const parts =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|_(?=2006)|__2|_2|3|4|5|PM|pm|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?![0-9])/g;

/** A layout cut into parts (`part`) and plain text. */
export interface LayoutPiece {
  text: string;
  part: boolean;
}

const cache = new Map<string, LayoutPiece[]>();

export function parseLayout(layout: string): LayoutPiece[] {
  const known = cache.get(layout);
  if (known !== undefined) return known;
  const pieces: LayoutPiece[] = [];
  let at = 0;
  for (const match of layout.matchAll(parts)) {
    if (match.index > at) pieces.push({ text: layout.slice(at, match.index), part: false });
    pieces.push({ text: match[0], part: match[0] !== '_' });
    at = match.index + match[0].length;
  }
  if (at < layout.length) pieces.push({ text: layout.slice(at), part: false });
  if (cache.size > 500) cache.clear();
  cache.set(layout, pieces);
  return pieces;
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

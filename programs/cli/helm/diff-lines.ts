/** A line of both texts, or of one: ` `, `-` or `+`. */
interface Line {
  sign: ' ' | '-' | '+';
  text: string;
}

/**
 * A unified diff of two texts, with so many lines around each change; '' when they are equal. The shortest one (Myers, 1986);
 * texts whose difference is too long are shown one after the other.
 */
export function diffLines(before: string, after: string, around: number): string {
  const lines = compare(splitLines(before), splitLines(after));
  return hunksOf(lines, around)
    .map((hunk) => hunk.map(({ sign, text }) => `${sign}${text}\n`).join(''))
    .join('@@\n');
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

const mostEdits = 4_000;

function compare(before: readonly string[], after: readonly string[]): Line[] {
  const trace = findTrace(before, after);
  if (trace === undefined) {
    return [...before.map((text): Line => ({ sign: '-', text })), ...after.map((text): Line => ({ sign: '+', text }))];
  }
  return followBack(before, after, trace);
}

/** How far each diagonal reaches with each number of edits. */
function findTrace(before: readonly string[], after: readonly string[]): Map<number, number>[] | undefined {
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(before.length + after.length, mostEdits); edits++) {
    trace.push(new Map(reach));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOn(reach, diagonal, edits);
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reach.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return trace;
    }
  }
  return undefined;
}

function startOn(reach: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const above = reach.get(diagonal + 1) ?? -1;
  const left = reach.get(diagonal - 1) ?? -1;
  const goesDown = diagonal === -edits || (diagonal !== edits && left < above);
  return goesDown ? above : left + 1;
}

function followBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Map<number, number>[],
): Line[] {
  const lines: Line[] = [];
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const above = reach.get(diagonal + 1) ?? -1;
    const left = reach.get(diagonal - 1) ?? -1;
    const goesDown = diagonal === -edits || (diagonal !== edits && left < above);
    const startX = goesDown ? above : left;
    const startY = startX - (goesDown ? diagonal + 1 : diagonal - 1);
    while (x > (goesDown ? startX : startX + 1) && y > (goesDown ? startY + 1 : startY) && x > 0 && y > 0) {
      lines.push({ sign: ' ', text: before[--x] ?? '' });
      y--;
    }
    if (edits === 0) {
      while (x > 0 && y > 0) {
        lines.push({ sign: ' ', text: before[--x] ?? '' });
        y--;
      }
    } else if (goesDown) lines.push({ sign: '+', text: after[--y] ?? '' });
    else lines.push({ sign: '-', text: before[--x] ?? '' });
  }
  return lines.reverse();
}

/** The changed lines with those around them; far ones apart. */
function hunksOf(lines: readonly Line[], around: number): Line[][] {
  const hunks: Line[][] = [];
  let end = -1;
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const start = Math.max(index - around, end);
    if (end < 0 || index - around > end) hunks.push([]);
    end = Math.min(index + around + 1, lines.length);
    hunks.at(-1)?.push(...lines.slice(Math.max(start, 0), end));
  }
  return hunks;
}

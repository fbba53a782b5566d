type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string };

const context = 3;

/** A unified diff of two texts, without file names: hunks with three lines around each change. */
export function diffLines(left: string, right: string): string {
  const edits = editsBetween(left.split('\n'), right.split('\n'));
  const changed = edits.flatMap((edit, index) => (edit.kind === ' ' ? [] : [index]));
  const hunks: [number, number][] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    if (last !== undefined && index - last[1] <= 2 * context) last[1] = index;
    else hunks.push([index, index]);
  }
  return hunks
    .map(([first, last]) => formatHunk(edits, Math.max(0, first - context), Math.min(edits.length, last + context + 1)))
    .join('');
}

/** Both values as indented JSON, compared by lines: how Kubernetes shows what may not change. */
export function diffValues(left: unknown, right: unknown): string {
  return diffLines(JSON.stringify(left, null, 1), JSON.stringify(right, null, 1));
}

function formatHunk(edits: readonly Edit[], from: number, to: number): string {
  const shown = edits.slice(from, to);
  const before = edits.slice(0, from);
  const range = (side: '-' | '+') => {
    const start = before.filter((edit) => edit.kind === ' ' || edit.kind === side).length + 1;
    return `${start},${shown.filter((edit) => edit.kind === ' ' || edit.kind === side).length}`;
  };
  const lines = shown.map((edit) => `${edit.kind}${edit.line}\n`).join('');
  return `@@ -${range('-')} +${range('+')} @@\n${lines}`;
}

/** The shortest edits, by the longest common subsequence of what lies between equal ends. */
function editsBetween(left: readonly string[], right: readonly string[]): Edit[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  const rest = Math.min(left.length, right.length) - head;
  while (tail < rest && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  return [
    ...same(left.slice(0, head)),
    ...middleEdits(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...same(left.slice(left.length - tail)),
  ];
}

function middleEdits(left: readonly string[], right: readonly string[]): Edit[] {
  const lengths = commonLengths(left, right);
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [removed, added] = [left[i], right[j]];
    if (removed !== undefined && removed === added) {
      edits.push({ kind: ' ', line: removed });
      i++;
      j++;
    } else if (removed !== undefined && (added === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ kind: '-', line: removed });
      i++;
    } else if (added !== undefined) {
      edits.push({ kind: '+', line: added });
      j++;
    }
  }
  return edits;
}

function commonLengths(left: readonly string[], right: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const [row, below] = [table[i], table[i + 1]];
      if (row === undefined || below === undefined) continue;
      row[j] = left[i] === right[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

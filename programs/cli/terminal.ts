import type { Writable } from 'node:stream';

/** Where a command speaks to its user: results to `print`, everything else to `say`. */
export interface Terminal {
  /** The result, on standard output. */
  print(text: string): void;
  /** A result as it stands, without a line break behind it. */
  write(text: string): void;
  /** Progress and remarks, on standard error. */
  say(text: string): void;
}

export function createTerminal(output: Writable, notes: Writable): Terminal {
  return {
    print: (text) => void output.write(`${text}\n`),
    write: (text) => void output.write(text),
    say: (text) => void notes.write(`${text}\n`),
  };
}

/** Columns padded to their widest cell, three blanks apart, as kubectl prints tables. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), []);
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

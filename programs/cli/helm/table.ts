/**
 * A table as helm prints it (gosuri/uitable): cells padded to their column with blanks, tabs between them; cells longer than
 * `mostWidth` are cut. Without a line break behind it.
 */
export function renderTable(rows: readonly (readonly string[])[], mostWidth: number): string {
  const cells = rows.map((row) => row.map((cell) => [...cell]));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, Math.min(cell.length, mostWidth));
  }
  return cells.map((row) => row.map((cell, i) => resize(cell, widths[i] ?? 0)).join('\t')).join('\n');
}

function resize(cell: readonly string[], width: number): string {
  if (cell.length <= width) return cell.join('') + ' '.repeat(width - cell.length);
  return width > 3 ? `${cell.slice(0, width - 3).join('')}...` : cell.slice(0, width).join('');
}

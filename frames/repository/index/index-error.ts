/** An index that cannot be read; the message names it, and the chart and the line. */
export class IndexError extends Error {
  override readonly name = 'IndexError';
}

export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
}

/** The wait before try number `failures` (from 1): doubles each time up to `maxMs`, spread by up to a tenth. */
export function backoffMs(failures: number, options: BackoffOptions, random: () => number = Math.random): number {
  const base = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(base * (1 + random() * 0.1));
}

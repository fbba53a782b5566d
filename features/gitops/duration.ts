import { formatDuration } from '@croft/helm/time/duration';

const units: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration (`1m30s`, `500ms`). Undefined when the text is none. */
export function findDurationMs(text: string): number | undefined {
  const parts = [...text.matchAll(/([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0);
}

/** Like findDurationMs, with what to take when the field is not set. The API has checked the form. */
export function durationMs(text: string | undefined, otherwiseMs: number): number {
  return (text === undefined ? undefined : findDurationMs(text)) ?? otherwiseMs;
}

/** A Go duration: `1.5s`, `5m0s`. */
export function durationText(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n);
}

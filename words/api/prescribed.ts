/** Marks the ConfigMap in which a prescriptions folder lists its HelmReleases, installed or not, under `prescribedKey`. */
export const prescribedLabel = 'apps.croft.dev/prescribed';
export const prescribedKey = 'releases.json';

/** A HelmRelease that a prescriptions folder holds. */
export interface PrescribedRelease {
  name: string;
  namespace: string;
  /** The file that prescribes it, in the repository. */
  file: string;
  /** The chart's name, or its folder in the repository. */
  chart: string;
  /** The chart's version or range; empty when the newest is taken. */
  version: string;
  /** The application's version, where the chart is in the same repository. */
  appVersion?: string;
}

/** What such a ConfigMap lists; throws SyntaxError when its text is damaged. */
export function parsePrescribed({ data = {} }: { data?: Record<string, string> }): PrescribedRelease[] {
  return JSON.parse(data[prescribedKey] ?? '[]') as PrescribedRelease[];
}

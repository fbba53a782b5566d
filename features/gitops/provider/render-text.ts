import type { Notification } from '../alert/types.ts';

/** `kustomization/apps.team`, as Flux's messages name an object. */
export function objectName({ involvedObject: { kind, namespace, name } }: Notification): string {
  return `${kind.toLowerCase()}/${name}.${namespace}`;
}

/** The metadata by name, the summary first. */
export function sortedMetadata({ metadata = {} }: Notification): [string, string][] {
  const rank = (key: string) => (key === 'summary' ? `0${key}` : `1${key}`);
  return Object.entries(metadata).sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
}

export function severitySign({ severity }: Notification): string {
  return severity === 'error' ? '🚨' : '💫';
}

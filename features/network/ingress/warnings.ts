import { formatKey, type KubeObject, keyOf } from '@croft/api/object';
import type { Ingress } from '@croft/api/types';

/** What of an Ingress could not be done as it says, told as an event on it. */
export interface IngressWarning {
  reason: string;
  message: string;
}

/** Warnings by the `namespace/name` of the Ingress. */
export type IngressWarnings = Map<string, IngressWarning[]>;

export function warn(warnings: IngressWarnings, ingress: Ingress, reason: string, message: string): void {
  const key = formatKey(keyOf(ingress as KubeObject));
  const known = warnings.get(key) ?? [];
  if (known.some((warning) => warning.message === message)) return;
  warnings.set(key, [...known, { reason, message }]);
}

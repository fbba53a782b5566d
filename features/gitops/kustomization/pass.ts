import type { ObjectKey } from '@croft/api/object';
import { StalledError } from '@croft/controller/outcome';
import type { Pass } from '@croft/controller/reconcile-steps';
import { durationMs } from '../duration.ts';
import type { Target } from '../remote/target-client.ts';
import type { Kustomization, KustomizationSpec } from './types.ts';

export type KustomizationPass = Pass<Kustomization>;

const defaultIntervalMs = 5 * 60_000;
const shortestTimeoutMs = 30_000;

export function specOf({ object }: KustomizationPass): KustomizationSpec {
  if (object.spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  return object.spec;
}

export function intervalMsOf({ interval }: KustomizationSpec): number {
  return durationMs(interval, defaultIntervalMs);
}

/** How long applying and health checks may take: half a minute less than the interval unless the spec says it. */
export function timeoutMsOf(spec: KustomizationSpec): number {
  return Math.max(shortestTimeoutMs, durationMs(spec.timeout, intervalMsOf(spec) - shortestTimeoutMs));
}

/** By these labels an object is known to belong to a Kustomization. */
export function ownerLabels({ namespace = '', name }: ObjectKey): Record<string, string> {
  return { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': namespace };
}

export function targetOf({ key, object }: KustomizationPass): Target {
  const { serviceAccountName, kubeConfig } = object.spec ?? {};
  return { namespace: key.namespace ?? 'default', serviceAccountName, kubeConfig };
}

import { sha256Hex } from '@croft/foundation/digest';

// How a container tells whose it is. The engine keeps these, so that Croft need not.
export const podName = 'io.kubernetes.pod.name';
export const podNamespace = 'io.kubernetes.pod.namespace';
export const podUid = 'io.kubernetes.pod.uid';
const containerName = 'io.kubernetes.container.name';
const restartCount = 'io.kubernetes.container.restartCount';
const specHash = 'io.kubernetes.container.hash';
const sandboxId = 'io.kubernetes.sandbox.id';
const gracePeriod = 'io.kubernetes.pod.terminationGracePeriod';
/** The name of the container that holds a Pod's namespaces. */
export const sandboxContainer = 'POD';

export interface ContainerIdentity {
  pod: { name: string; namespace: string; uid: string };
  /** `POD` for the sandbox. */
  name: string;
  /** 0 for the first container of this name. */
  restartCount: number;
  /** Of what cannot change without a new container. */
  hash: string;
  /** The id of the sandbox that it joined; empty for a sandbox. */
  sandboxId: string;
  gracePeriodSeconds: number;
}

export function renderLabels(identity: ContainerIdentity): Record<string, string> {
  return {
    [podName]: identity.pod.name,
    [podNamespace]: identity.pod.namespace,
    [podUid]: identity.pod.uid,
    [containerName]: identity.name,
    [restartCount]: String(identity.restartCount),
    [specHash]: identity.hash,
    [sandboxId]: identity.sandboxId,
    [gracePeriod]: String(identity.gracePeriodSeconds),
  };
}

/** Undefined for a container that no Pod has. */
export function parseLabels(labels: Readonly<Record<string, string>> | null): ContainerIdentity | undefined {
  const uid = labels?.[podUid];
  const name = labels?.[containerName];
  if (labels === null || uid === undefined || name === undefined) return undefined;
  return {
    pod: { uid, name: labels[podName] ?? '', namespace: labels[podNamespace] ?? '' },
    name,
    restartCount: Number(labels[restartCount] ?? 0),
    hash: labels[specHash] ?? '',
    sandboxId: labels[sandboxId] ?? '',
    gracePeriodSeconds: Number(labels[gracePeriod] ?? 30),
  };
}

/** The engine's name of the container: unique, and telling to a person who lists containers. */
export function renderContainerName({
  pod,
  name,
  restartCount: count,
}: Pick<ContainerIdentity, 'pod' | 'name' | 'restartCount'>): string {
  return `k8s_${name}_${pod.name}_${pod.namespace}_${pod.uid}_${count}`;
}

/** Changes when a running container no longer fits its specification: only the image of a Pod may be changed. */
export function containerHash(container: { image?: string }): string {
  return sha256Hex(container.image ?? '').slice(0, 16);
}

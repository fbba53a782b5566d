import type { Container, Pod, ResourceRequirements } from '@croft/api/types';
import { amountOf } from './resource-limits.ts';

/** What is known of a Pod beyond its object while its containers are made. */
export interface PodFacts {
  podIp: string;
  hostIp: string;
  nodeName: string;
  /** What a container without limits may use: cores, and bytes. */
  nodeCpu: number;
  nodeMemory: number;
}

const keyedPath = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** The text of a downward-API field. Throws when there is no such field. */
export function resolveFieldRef(pod: Pod, path: string, facts: PodFacts): string {
  const keyed = keyedPath.exec(path);
  if (keyed !== null) return pod.metadata?.[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata?.name ?? '';
    case 'metadata.namespace':
      return pod.metadata?.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata?.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata?.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata?.annotations);
    case 'spec.nodeName':
      return facts.nodeName;
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIp;
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIp;
    default:
      throw new Error(`unsupported fieldPath ${JSON.stringify(path)}`);
  }
}

/** Lines `key="value"` in order of keys, as volumes of the downward API hold them. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** A limit or request in units of the divisor, rounded up. Without a limit, what the node has. */
export function resolveResourceFieldRef(
  container: Container,
  ref: { resource: string; divisor?: string | number },
  facts: PodFacts,
): string {
  const [list, resource = ''] = ref.resource.split('.') as [keyof ResourceRequirements, string?];
  const set = (container.resources?.[list] as Record<string, string> | undefined)?.[resource];
  const fallback = list === 'requests' ? 0 : resource === 'cpu' ? facts.nodeCpu : facts.nodeMemory;
  const value = set === undefined ? fallback : amountOf(set);
  const divisor = amountOf(ref.divisor) || 1;
  return String(Math.ceil(Number((value / divisor).toPrecision(15))));
}

import type { Kind } from '@croft/api/kind';
import { pods } from '@croft/api/kinds';
import { type KubeObject, keyOf, type UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { buildObjects } from '@croft/release/objects';
import { formatTable } from '../terminal.ts';

/** Live objects of one kind: `v1/Service`, or lists of Pods of the release's workloads: `v1/Pod(related)`. */
export interface LiveResources {
  title: string;
  objects: KubeObject[];
}

/** The objects of a release as they are now, and the Pods that its workloads select. Those that are gone are left out. */
export async function readResources(client: Client, record: ReleaseRecord): Promise<LiveResources[]> {
  const objects = await buildObjects(client, record.manifest, record.namespace);
  const found = new Map<string, KubeObject[]>();
  const add = (title: string, ...items: KubeObject[]) => found.set(title, [...(found.get(title) ?? []), ...items]);
  const selectors = new Set<string>();
  for (const { kind, object } of objects) {
    const live = await client.find(kind, keyOf(object));
    if (live === undefined) continue;
    add(titleOf(kind), live);
    const selector = selectorOf(live);
    if (selector === '' || selectors.has(selector)) continue;
    selectors.add(selector);
    const related = await client.list(pods, { namespace: live.metadata.namespace, labelSelector: selector });
    add('v1/Pod(related)', { apiVersion: 'v1', kind: 'PodList', ...related } as KubeObject);
  }
  return [...found].map(([title, items]) => ({ title, objects: items }));
}

function titleOf(kind: Kind): string {
  return `${kind.version}/${kind.kind}`;
}

const workloads = new Set(['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController']);

function selectorOf({ kind = '', spec }: UnknownObject): string {
  if (!workloads.has(kind)) return '';
  const { selector } = (spec ?? {}) as { selector?: { matchLabels?: Record<string, string> } };
  const labels =
    kind === 'ReplicationController' ? (selector as Record<string, string> | undefined) : selector?.matchLabels;
  return Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

function itemsOf(object: KubeObject): KubeObject[] {
  return object.kind === 'PodList' ? (object as unknown as { items: KubeObject[] }).items : [object];
}

/** For people: each kind with the names of its objects and when they were made. */
export function describeResources(resources: readonly LiveResources[]): string {
  return resources
    .map(({ title, objects }) => {
      const rows = objects
        .flatMap(itemsOf)
        .map(({ metadata }) => [metadata?.name ?? '', String(metadata?.creationTimestamp ?? '')]);
      return `==> ${title}\n${formatTable([['NAME', 'CREATED'], ...rows])}\n\n`;
    })
    .join('');
}

import type { Kind } from '@croft/api/kind';
import { pods } from '@croft/api/kinds';
import { type KubeObject, keyOf, type UnknownObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { collectionPath, objectPath } from '@croft/client/paths';
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
    add(relatedTitle, { apiVersion: 'v1', kind: 'PodList', ...related } as KubeObject);
  }
  return [...found].map(([title, items]) => ({ title, objects: items }));
}

const relatedTitle = 'v1/Pod(related)';

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

interface Table {
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: unknown[] }[];
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** The same for people, in the columns that the API gives: those that kubectl shows. */
export async function describeResources(client: Client, record: ReleaseRecord): Promise<string> {
  const sections = new Map<string, Table[]>();
  for (const { title, path } of await findPaths(client, record)) {
    const table = await client.getPath<Table>(path, asTable).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (table !== undefined) sections.set(title, [...(sections.get(title) ?? []), table]);
  }
  return [...sections].map(([title, tables]) => `==> ${title}\n${renderTables(tables)}\n`).join('');
}

async function findPaths(client: Client, record: ReleaseRecord): Promise<{ title: string; path: string }[]> {
  const objects = await buildObjects(client, record.manifest, record.namespace);
  const selectors = new Set<string>();
  return objects.flatMap(({ kind, object }) => {
    const own = { title: titleOf(kind), path: objectPath(kind, keyOf(object)) };
    const selector = selectorOf(object);
    if (selector === '' || selectors.has(selector)) return [own];
    selectors.add(selector);
    const path = `${collectionPath(pods, keyOf(object).namespace)}?labelSelector=${encodeURIComponent(selector)}`;
    return [own, { title: relatedTitle, path }];
  });
}

function renderTables(tables: readonly Table[]): string {
  const [first] = tables;
  const shown = (first?.columnDefinitions ?? []).map(({ priority }) => priority === 0);
  const rows = tables.flatMap((table) => table.rows.map(({ cells }) => cells.filter((_, index) => shown[index])));
  const head = (first?.columnDefinitions ?? []).filter(({ priority }) => priority === 0);
  if (rows.length === 0) return '';
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '<none>' : String(cell))));
  return `${formatTable([head.map(({ name }) => name.toUpperCase()), ...cells])}\n`;
}

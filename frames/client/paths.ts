import type { Kind } from '@croft/api/kind';
import type { ObjectKey } from '@croft/api/object';

/** `/apis/apps/v1/namespaces/default/deployments`; without a namespace the path of all namespaces. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${kind.plural}`;
}

/** Throws when there is no name, as the path would then be that of all objects. */
export function objectPath(kind: Kind, key: ObjectKey, subresource?: string): string {
  if (key.name === '') throw new Error('resource name may not be empty');
  if (kind.namespaced && !key.namespace) throw new Error(`a ${kind.kind} needs a namespace: ${key.name}`);
  const path = `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** Query text with `?`, from what is set. */
export function queryText(parameters: Record<string, string | number | boolean | undefined>): string {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== false);
  if (set.length === 0) return '';
  return `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)] as [string, string]))}`;
}

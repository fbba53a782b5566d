import { StatusError } from '@croft/api/status';
import type { Core } from './core.ts';
import { forbidden, notFound } from './failures.ts';
import { parseEntry, prefixOf, type ServedResource } from './served-resource.ts';

const prefix = prefixOf('', 'namespaces');

/** Objects are created only in a namespace that is there and stays (admission plugin NamespaceLifecycle). */
export function checkNamespace(core: Core, served: ServedResource, namespace: string, name: string): void {
  if (!served.resource.namespaced) return;
  const entry = core.store.get(prefix + namespace);
  if (entry === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace);
  if (parseEntry(entry).metadata?.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { message, status } = forbidden(served.resource, name, why);
  throw new StatusError(403, 'Forbidden', message, {
    ...status.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}

import type { UnknownObject } from '@croft/api/object';
import { ensure } from '../bootstrap/objects.ts';
import type { Core } from '../core.ts';
import { updateOwn } from '../own-writes.ts';
import { keyFor, parseEntry, prefixOf } from '../served-resource.ts';
import type { Controller } from './start.ts';

const namespaces = prefixOf('', 'namespaces');
const serviceAccounts = prefixOf('', 'serviceaccounts');
const configMaps = prefixOf('', 'configmaps');
const rootConfigMap = 'kube-root-ca.crt';

const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every namespace has ServiceAccount `default` and ConfigMap `kube-root-ca.crt`. */
export function namespaceDefaults(authority: string): Controller {
  return {
    name: 'namespace-defaults',
    prefixes: [namespaces, serviceAccounts, configMaps],
    keysOf: ({ type, entry }) => {
      if (entry.key.startsWith(namespaces)) return type === 'put' ? [entry.key.slice(namespaces.length)] : [];
      const [namespace = '', name = ''] = entry.key.split('/').slice(-2);
      const concerned = entry.key.startsWith(configMaps)
        ? name === rootConfigMap
        : name === 'default' && type === 'delete';
      return concerned ? [namespace] : [];
    },
    reconcile: (core, namespace) => reconcileDefaults(core, namespace, authority),
  };
}

async function reconcileDefaults(core: Core, namespace: string, authority: string): Promise<void> {
  const entry = core.store.get(namespaces + namespace);
  if (entry === undefined || parseEntry(entry).metadata?.deletionTimestamp !== undefined) return;
  const data = { 'ca.crt': authority };
  const metadata = { name: rootConfigMap, namespace, annotations: { 'kubernetes.io/description': description } };
  await Promise.all([
    ensure(core, '', 'v1', 'serviceaccounts', { metadata: { name: 'default', namespace } }),
    ensure(core, '', 'v1', 'configmaps', { metadata, data }),
  ]);
  await restoreAuthority(core, namespace, data);
}

async function restoreAuthority(core: Core, namespace: string, data: Record<string, string>): Promise<void> {
  const served = core.resources.require('', 'v1', 'configmaps');
  const entry = core.store.get(keyFor(served, namespace, rootConfigMap));
  if (entry === undefined) return;
  const stored = (parseEntry(entry).data ?? {}) as Record<string, string>;
  if (stored['ca.crt'] === data['ca.crt'] && Object.keys(stored).length === 1) return;
  await updateOwn(core, served, namespace, rootConfigMap, (object): UnknownObject => ({ ...object, data }));
}

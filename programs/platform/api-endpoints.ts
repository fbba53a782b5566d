import { endpointSlices } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import type { Api } from './api.ts';

/**
 * Makes the Service `kubernetes` lead to the API, so that Pods reach it. `address` is one of the host's own that Pods
 * have a route to.
 */
export async function publishApi(api: Api, client: Client, address: string): Promise<void> {
  const port = await api.listenAt(address);
  const metadata = {
    name: 'kubernetes',
    namespace: 'default',
    labels: { 'kubernetes.io/service-name': 'kubernetes' },
  };
  await client.apply(
    endpointSlices,
    {
      metadata,
      addressType: 'IPv4',
      ports: [{ name: 'https', protocol: 'TCP', port }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    { fieldManager: 'croft-apiserver', force: true },
  );
}

import { services } from '@croft/api/kinds';
import { isAlreadyExists, isInvalid, isNotFound } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import type { Log } from '@croft/foundation/log';

const key = { namespace: 'kube-system', name: 'kube-dns' };

/**
 * Makes the Service by which clusters know their DNS. It has no endpoints, because the host itself answers at its
 * address, but no other Service can be given that address while it stands.
 */
export async function ensureDnsService(client: Client, dnsAddress: string, log: Log): Promise<void> {
  const known = await client.find(services, key);
  if (known !== undefined) return;
  const ports = ['UDP', 'TCP'].map((protocol) => ({ name: `dns-${protocol}`.toLowerCase(), port: 53, protocol }));
  try {
    await client.create(services, {
      metadata: { ...key, labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS' } },
      spec: { clusterIP: dnsAddress, ports },
    });
  } catch (error) {
    if (isAlreadyExists(error)) return;
    if (!isInvalid(error) && !isNotFound(error)) throw error;
    log.warn('the address of DNS could not be reserved', { dnsAddress, error });
  }
}

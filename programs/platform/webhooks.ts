import { endpointSlices, services } from '@croft/api/kinds';
import type { ControllerContext } from '@croft/controller/controller';
import { createWebhookHandler } from '@croft/gitops/receiver/handle-webhook';
import { listenForRequests } from '@croft/gitops/receiver/listen';
import { systemNamespace } from './bootstrap.ts';

const name = 'webhook-receiver';

/**
 * Serves the webhooks of Receivers behind the Service `webhook-receiver`, as Flux names it, so that an Ingress can lead
 * there. `address` is one of the host's own that the front door has a route to.
 */
export async function startWebhooks(context: ControllerContext, address: string): Promise<AsyncDisposable> {
  const { client, log } = context;
  const handle = createWebhookHandler(context);
  const listener = await listenForRequests({ host: address, port: 0, log, handle });
  const options = { fieldManager: 'croft', force: true };
  const port = { name: 'http', protocol: 'TCP' };
  const metadata = { name, namespace: systemNamespace };
  await client.apply(services, { metadata, spec: { ports: [{ ...port, port: 80 }] } }, options);
  await client.apply(
    endpointSlices,
    {
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ ...port, port: listener.port }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    options,
  );
  return listener;
}

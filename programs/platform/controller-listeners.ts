import type { ControllerContext } from '@croft/controller/controller';
import type { ControllerMetrics } from '@croft/controller/metrics';
import type { Log } from '@croft/foundation/log';
import { createWebhookHandler, type HandleWebhook } from '@croft/gitops/receiver/handle-webhook';
import { listenForRequests } from '@croft/gitops/receiver/listen';

export interface Address {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

export interface ListenersOptions {
  /** Each has the Receivers of its own namespaces. */
  contexts: readonly ControllerContext[];
  metrics: ControllerMetrics;
  /** Where webhooks come in; nowhere when left out. */
  webhookAddress?: Address | undefined;
  /** Where `/metrics` is; nowhere when left out. */
  metricsAddress?: Address | undefined;
  log: Log;
}

/** Serves the webhooks of Receivers and the measures of controllers, where that is wanted. */
export async function startListeners(options: ListenersOptions): Promise<AsyncDisposable> {
  const { contexts, metrics, webhookAddress, metricsAddress, log } = options;
  await using stack = new AsyncDisposableStack();
  const listen = async (name: string, address: Address, handle: HandleWebhook) => {
    const { port } = stack.use(await listenForRequests({ ...address, log, handle }));
    log.info(`${name} are served`, { host: address.host, port });
  };
  if (webhookAddress !== undefined) await listen('webhooks', webhookAddress, firstThatKnows(contexts));
  if (metricsAddress !== undefined) await listen('metrics', metricsAddress, showMetrics(metrics));
  return stack.move();
}

function firstThatKnows(contexts: readonly ControllerContext[]): HandleWebhook {
  const handlers = contexts.map(createWebhookHandler);
  return async (request) => {
    for (const handle of handlers) {
      const response = await handle(request.clone());
      if (response.status !== 404) return response;
    }
    return new Response('there is no such receiver\n', { status: 404 });
  };
}

function showMetrics(metrics: ControllerMetrics): HandleWebhook {
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  return async ({ url }) => {
    if (new URL(url).pathname === '/metrics') return new Response(metrics.render(), { headers });
    return new Response('only /metrics is here\n', { status: 404 });
  };
}

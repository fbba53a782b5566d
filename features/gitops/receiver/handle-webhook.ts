import type { Stored } from '@croft/api/object';
import { isTrue } from '@croft/controller/conditions';
import type { ControllerContext } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { parsePayload, readBody } from './read-body.ts';
import { readToken } from './read-token.ts';
import { requestReconcile } from './request-reconcile.ts';
import { createFilter } from './resource-filter.ts';
import { type Receiver, type ReceiverSpec, receivers } from './types.ts';
import { type Hook, RefusedHook, verifyHook } from './verify-request.ts';

/** Answers requests to `/hook/...`. Never throws: what goes wrong here is a 500, and an event on the Receiver. */
export type HandleWebhook = (request: Request) => Promise<Response>;

export function createWebhookHandler(context: ControllerContext): HandleWebhook {
  const { client, informers, log, clock } = context;
  const events = createEventRecorder({ ...context, component: 'notification-controller' });

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const receiver = informers
      .of(receivers)
      .list()
      .find(({ status }) => status?.webhookPath === pathname);
    if (receiver?.spec === undefined) return reply(404, 'there is no such receiver');
    if (request.method !== 'POST') return reply(405, 'use POST', { allow: 'POST' });
    const body = await readBody(request);
    if (body === undefined) return reply(413, 'the body is longer than 3 MiB');
    if (receiver.spec.suspend) return reply(503, 'the receiver is suspended');
    if (!isTrue(receiver.status?.conditions, 'Ready')) return reply(503, 'the receiver is not ready');
    const header = (name: string) => request.headers.get(name) ?? '';
    const token = await readToken(client, receiver.metadata.namespace, receiver.spec);
    const hook: Hook = { header, body, token, events: receiver.spec.events ?? [] };
    verifyHook(receiver.spec.type, hook);
    return await requestAll(receiver, receiver.spec, parseJson(header('content-type'), body, receiver.spec));
  }

  /** Asks for all that can be reached, whatever becomes of the others. */
  async function requestAll(receiver: Stored<Receiver>, spec: ReceiverSpec, req: unknown): Promise<Response> {
    const requestedAt = new Date(clock.now()).toISOString();
    const problems: string[] = [];
    for (const resource of spec.resources) {
      const expressions = [spec.resourceFilter, resource.filter].filter((text) => text !== undefined && text !== '');
      try {
        const accepts = createFilter(expressions as string[], req);
        const { namespace } = receiver.metadata;
        const asked = await requestReconcile(client, { resource, namespace, accepts, requestedAt });
        log.info('a webhook asked for reconciles', { receiver: receiver.metadata.name, namespace, asked });
      } catch (error) {
        problems.push(errorMessage(error));
      }
    }
    if (problems.length === 0) return reply(200, 'ok');
    events.record(receiver, 'Warning', 'ReconcileRequestFailed', problems.join('; '));
    const count = `${problems.length} of ${spec.resources.length} resources`;
    return reply(500, `${count} could not be told: see the events of the receiver`);
  }

  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (error instanceof RefusedHook) return reply(400, error.message);
      if (error instanceof ReasonedError) return reply(503, 'the receiver is not ready');
      log.warn('a webhook failed', { error: errorMessage(error) });
      return reply(500, 'the request could not be handled');
    }
  };
}

/** The body as filters see it; nothing is parsed when no filter looks. */
function parseJson(contentType: string, body: Buffer, { resourceFilter, resources }: ReceiverSpec): unknown {
  if (!resourceFilter && !resources.some(({ filter }) => filter)) return {};
  try {
    return parsePayload(contentType, body);
  } catch {
    throw new RefusedHook('the body is not JSON');
  }
}

function reply(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
}

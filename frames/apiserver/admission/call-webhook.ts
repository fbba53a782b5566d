import { randomUUID } from 'node:crypto';
import { request as sendHttps } from 'node:https';
import type { UnknownObject } from '@croft/api/object';
import type { Status } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import { type Attributes, renderRequest } from './attributes.ts';
import type { Webhook } from './configurations.ts';

/** What a webhook answered (admission.k8s.io/v1 AdmissionResponse). */
export interface Review {
  readonly allowed: boolean;
  readonly status?: Partial<Status>;
  readonly patch?: unknown;
  readonly warnings: readonly string[];
}

const mostBytes = 3 * 1024 * 1024;

/** Sends an AdmissionReview and reads the answer. Throws an Error in the words of Kubernetes when there is none to use. */
export async function callWebhook(webhook: Webhook, attributes: Attributes): Promise<Review> {
  const uid = randomUUID();
  const { object = null, old = null } = attributes;
  const request = { uid, ...renderRequest(attributes), object, oldObject: old };
  const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
  const { url, host } = targetOf(webhook, attributes);
  const seconds = webhook.timeoutSeconds ?? 10;
  url.searchParams.set('timeout', `${seconds}s`);
  const text = await post(url, JSON.stringify(review), {
    ca: caOf(webhook),
    timeoutMs: seconds * 1000,
    ...(host === undefined ? {} : { host }),
  });
  return parseReview(text, uid);
}

interface Target {
  readonly url: URL;
  /** By what name the server is known, where the address is another. */
  readonly host?: string;
}

function targetOf({ clientConfig }: Webhook, { writing }: Attributes): Target {
  const { url, service } = clientConfig;
  if (url !== undefined) return { url: new URL(url) };
  if (service === undefined) throw new Error('webhook configuration must have either service or URL');
  const { namespace, name, path = '/', port = 443 } = service;
  const found = writing.core.lookup.find('services', namespace, name) as
    | (UnknownObject & { spec?: { clusterIP?: string } })
    | undefined;
  const host = `${name}.${namespace}.svc`;
  const at = `${host}:${port}${path.startsWith('/') ? path : `/${path}`}`;
  if (found === undefined) throw new Error(`failed to call webhook: Post "https://${at}": service "${name}" not found`);
  const address = found.spec?.clusterIP ?? '';
  return { url: new URL(`https://${address}:${port}${path.startsWith('/') ? path : `/${path}`}`), host };
}

const caOf = ({ clientConfig: { caBundle = '' } }: Webhook): string | undefined =>
  caBundle === '' ? undefined : Buffer.from(caBundle, 'base64').toString('utf8');

interface PostOptions {
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly host?: string;
}

async function post(url: URL, body: string, options: PostOptions): Promise<string> {
  const shown = options.host === undefined ? url.href : url.href.replace(url.hostname, options.host);
  try {
    return await send(url, body, options);
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    const why = late ? 'context deadline exceeded' : errorMessage(error);
    throw new Error(`failed to call webhook: Post "${shown}": ${why}`);
  }
}

function send(url: URL, body: string, { ca, timeoutMs, host }: PostOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = sendHttps(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(host === undefined ? {} : { host }),
      },
      ...(ca === undefined ? {} : { ca }),
      ...(host === undefined ? {} : { servername: host }),
      signal: AbortSignal.timeout(timeoutMs),
      agent: false,
    });
    request.on('error', (error) => reject(error.name === 'AbortError' ? (error.cause ?? error) : error));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > mostBytes) request.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`the server answered ${response.statusCode}: ${text.slice(0, 500)}`));
      });
    });
    request.end(body);
  });
}

function parseReview(text: string, uid: string): Review {
  const refuse = (why: string) => new Error(`received invalid webhook response: ${why}`);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON');
  }
  const response = isJsonObject(answer) ? answer.response : undefined;
  if (!isJsonObject(response)) throw refuse('webhook response was absent');
  if (response.uid !== uid) throw refuse(`expected response.uid="${uid}", got "${String(response.uid ?? '')}"`);
  const { patch, patchType, status, warnings } = response;
  if (patch !== undefined && patch !== null && patchType !== 'JSONPatch') {
    throw refuse(`invalid patchType: "${String(patchType ?? '')}" should be one of "JSONPatch"`);
  }
  return {
    allowed: response.allowed === true,
    warnings: Array.isArray(warnings) ? warnings.map(String) : [],
    ...(isJsonObject(status) ? { status: status as Partial<Status> } : {}),
    ...(typeof patch === 'string'
      ? { patch: JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) as unknown }
      : {}),
  };
}

import { request } from 'node:http';
import { errorMessage } from '@croft/foundation/errors';

const timeoutMs = 30_000;

/** The configuration under which Caddy runs; undefined when it does not answer. */
export async function fetchConfig(socketPath: string): Promise<unknown> {
  try {
    const { status, body } = await send(socketPath, 'GET', '/config/');
    return status === 200 ? JSON.parse(body) : undefined;
  } catch {
    return undefined; // not there (yet): the caller starts it or asks again
  }
}

/** Has Caddy run under this configuration from now on; open connections go on. Throws with Caddy's words. */
export async function loadConfig(socketPath: string, config: unknown): Promise<void> {
  const { status, body } = await send(socketPath, 'POST', '/load', JSON.stringify(config));
  if (status !== 200) throw new Error(`the front door refused its configuration: ${parseError(body)}`);
}

async function send(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; body: string }> {
  const headers = { host: 'caddy', 'content-type': 'application/json' };
  return await new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, timeout: timeoutMs, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`Caddy did not answer within ${timeoutMs / 1000} s`)));
    outgoing.on('error', (error) => reject(new Error(`Caddy at ${socketPath}: ${errorMessage(error)}`)));
    outgoing.end(body);
  });
}

function parseError(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: string };
    return error ?? body;
  } catch {
    return body;
  }
}

import { fromWebRequest, toWebResponse } from '@croft/apiserver/fetch';
import { createApiServer } from '@croft/apiserver/server';
import { openMemoryStore } from '@croft/store/memory-store';
import { findFullProfile } from './full-profile.ts';
import type { Send } from './replay.ts';

export const tokens = { 'plain-user': 'plain-user-token' };

const admin = { commonName: 'admin', organizations: ['system:masters'] };

export interface TestServer extends AsyncDisposable {
  readonly send: Send;
}

/** A fresh server with the controllers of a profile. */
export async function startTestServer(profile: 'api' | 'full'): Promise<TestServer> {
  const stack = new AsyncDisposableStack();
  const store = stack.use(openMemoryStore());
  const server = stack.use(
    await createApiServer({
      store,
      tokens: [{ token: tokens['plain-user'], user: 'plain-user', groups: ['devs'] }],
      authority: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      controllers: profile === 'full' ? 'all' : 'api',
    }),
  );
  if (profile === 'full') {
    const start = await findFullProfile();
    if (start !== undefined) stack.use(await start(server.fetch));
  }
  const send: Send = async (request, identity) => {
    const certificate = identity === 'admin' ? admin : undefined;
    return toWebResponse(await server.handle(fromWebRequest(request, certificate)), request.signal);
  };
  return { send, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

export async function createNamespaces({ send }: TestServer, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const body = JSON.stringify({ metadata: { name } });
    const headers = { 'content-type': 'application/json' };
    const made = await send(new Request(`${origin}/api/v1/namespaces`, { method: 'POST', headers, body }), 'admin');
    if (made.status !== 201) throw new Error(`namespace ${name} was not created: ${await made.text()}`);
    for (const path of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt']) {
      await waitFor(send, `/api/v1/namespaces/${name}/${path}`);
    }
  }
}

const origin = 'https://server.test';

async function waitFor(send: Send, path: string): Promise<void> {
  const until = Date.now() + 5_000;
  while ((await send(new Request(origin + path), 'admin')).status !== 200) {
    if (Date.now() > until) throw new Error(`${path} did not appear`);
    await new Promise(setImmediate);
  }
}

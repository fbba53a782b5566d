import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen } from '@croft/apiserver/listen';
import { openPki, renderKubeconfig } from '@croft/apiserver/pki';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';
import { findFullProfile } from '../kube-api/full-profile.ts';

export interface ListeningServer extends AsyncDisposable {
  readonly client: Client;
  /** Text of the administrator's kubeconfig. */
  readonly kubeconfig: string;
}

/** A fresh server with all controllers that kubectl can reach. */
export async function startListeningServer(): Promise<ListeningServer> {
  const stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'croft-kubectl-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const pki = await openPki({ dir, hosts: ['127.0.0.1'], nowMs: systemClock.now() });
  const store = stack.use(openMemoryStore());
  const server = stack.use(await createApiServer({ store, authority: pki.authority.certificate, controllers: 'all' }));
  const start = await findFullProfile();
  if (start !== undefined) stack.use(await start(server.fetch));
  const listener = stack.use(
    await listen({
      host: '127.0.0.1',
      port: 0,
      tls: { ...pki.server, clientAuthority: pki.authority.certificate },
      log: silentLog,
      handle: server.handle,
    }),
  );
  return {
    client: createClient(server.fetch),
    kubeconfig: renderKubeconfig(pki, `https://127.0.0.1:${listener.port}`),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

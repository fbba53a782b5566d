import type { Client } from '@croft/client/client';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { UserError } from '@croft/foundation/errors';
import { findDaemon } from '@croft/platform/daemon';
import { getInstance, type Instance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';

export interface Connection extends Disposable {
  client: Client;
  instance: Instance;
  /** `:8443`, or empty for the usual port. */
  portSuffix: string;
  /** Where the API is. */
  origin: string;
}

/** A client of the running instance. Throws UserError when it does not run. */
export async function connect(dataDir: string): Promise<Connection> {
  const instance = await getInstance(dataDir);
  if ((await findDaemon(dataDir)) === undefined)
    throw new UserError(`Croft in ${dataDir} does not run; start it with "croft up"`);
  const client = await readKubeconfigClient(instancePaths(dataDir).kubeconfig, 'croft');
  return {
    client,
    instance,
    portSuffix: portSuffixOf(instance),
    origin: `https://127.0.0.1:${instance.apiPort}`,
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

export function portSuffixOf({ httpsPort }: Instance): string {
  return httpsPort === 443 ? '' : `:${httpsPort}`;
}

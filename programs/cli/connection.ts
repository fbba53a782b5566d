import { readFile } from 'node:fs/promises';
import type { Client } from '@croft/client/client';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { UserError } from '@croft/foundation/errors';
import { findDaemon } from '@croft/platform/daemon';
import { getInstance, type Instance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import type { FrontDoorAddress } from './front-door.ts';

export interface Connection extends Disposable {
  client: Client;
  instance: Instance;
  /** `:8443`, or empty for the usual port. */
  portSuffix: string;
  /** Where the API is. */
  origin: string;
  frontDoor: FrontDoorAddress;
}

/** A client of the running instance. Throws UserError when it does not run. */
export async function connect(dataDir: string): Promise<Connection> {
  const instance = await getInstance(dataDir);
  if ((await findDaemon(dataDir)) === undefined)
    throw new UserError(`Croft in ${dataDir} does not run; start it with "croft up"`);
  const { kubeconfig, caCertificate } = instancePaths(dataDir);
  const client = await readKubeconfigClient(kubeconfig, 'croft');
  return {
    client,
    instance,
    portSuffix: portSuffixOf(instance),
    origin: `https://127.0.0.1:${instance.apiPort}`,
    frontDoor: { port: instance.httpsPort, authority: await readFile(caCertificate, 'utf8') },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

export function portSuffixOf({ httpsPort }: Instance): string {
  return httpsPort === 443 ? '' : `:${httpsPort}`;
}

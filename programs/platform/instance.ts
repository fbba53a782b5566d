import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { isJsonObject } from '@croft/foundation/json';
import { findPortProblem } from './doctor/ports.ts';
import { claimNetwork } from './network-claims.ts';
import { instancePaths } from './paths.ts';

/** What was decided when an instance was made, and what its flags changed since. Kept in `instance.json`. */
export interface Instance {
  /** Six hexadecimal digits; names the instance's containers, network, rules. */
  id: string;
  /** Its number among the instances of the machine: see networkRanges. */
  network: number;
  httpPort: number;
  httpsPort: number;
  apiPort: number;
  gitPort: number;
}

export type InstancePorts = Pick<Instance, 'httpPort' | 'httpsPort' | 'apiPort' | 'gitPort'>;

export const defaultPorts: InstancePorts = { httpPort: 80, httpsPort: 443, apiPort: 6443, gitPort: 8418 };

export async function findInstance(dataDir: string): Promise<Instance | undefined> {
  const { instance } = instancePaths(dataDir);
  try {
    const value: unknown = JSON.parse(await readFile(instance, 'utf8'));
    if (isJsonObject(value) && typeof value.id === 'string' && typeof value.network === 'number')
      return value as unknown as Instance;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError(`${instance} is damaged: restore it from a backup, or remove the data directory to begin anew`);
}

/** The instance in a data directory. Throws UserError when there is none. */
export async function getInstance(dataDir: string): Promise<Instance> {
  const instance = await findInstance(dataDir);
  if (instance === undefined)
    throw new UserError(`there is no Croft in ${dataDir}: run "croft up", or name another directory with --data-dir`);
  return instance;
}

/** Makes the instance, or gives the present one with the ports that are asked for now. */
export async function prepareInstance(dataDir: string, ports: Partial<InstancePorts>): Promise<Instance> {
  const present = await findInstance(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const base = {
    ...defaultPorts,
    ...(present ?? { id: randomBytes(3).toString('hex'), network: await claimNetwork(dataDir) }),
    ...ports,
  };
  const instance: Instance = { ...base, gitPort: ports.gitPort ?? (await chooseGitPort(base.gitPort, dataDir)) };
  const paths = instancePaths(dataDir);
  if (JSON.stringify(present) !== JSON.stringify(instance)) {
    await writeFileAtomic(paths.instance, `${JSON.stringify(instance, undefined, 2)}\n`);
  }
  return instance;
}

/** Nobody need know this port, so a taken one is left alone for the next that is free. */
async function chooseGitPort(first: number, dataDir: string): Promise<number> {
  for (let port = first; port < first + 100; port++)
    if ((await findPortProblem(port, dataDir)) === undefined) return port;
  throw new UserError(`no port from ${first} on is free for the instance's git repository; name one with --git-port`);
}

import { readFile, writeFile } from 'node:fs/promises';
import { hasErrorCode } from '@croft/foundation/errors';
import { ProcessError, run } from '@croft/foundation/process';

const timeoutMs = 10_000;

export interface HostRoutes {
  serviceCidr: string;
  dnsAddress: string;
}

/**
 * Makes the host's own connections to Services possible: an address for DNS on `lo`, a route for the service CIDR
 * (which the rules then turn to backends; without it a host without a default route would refuse), forwarding, and that a
 * new configuration of the front door refuses no connection.
 */
export async function applyHostRoutes({ serviceCidr, dnsAddress }: HostRoutes): Promise<void> {
  await run('ip', ['address', 'replace', `${dnsAddress}/32`, 'dev', 'lo'], { timeoutMs });
  await run('ip', ['route', 'replace', serviceCidr, 'dev', 'lo'], { timeoutMs });
  await setKernelSwitch('/proc/sys/net/ipv4/ip_forward');
  await keepQueuedConnections();
}

/** Fine when they are gone already. */
export async function removeHostRoutes({ serviceCidr, dnsAddress }: HostRoutes): Promise<void> {
  await removeIfThere(['route', 'delete', serviceCidr, 'dev', 'lo']);
  await removeIfThere(['address', 'delete', `${dnsAddress}/32`, 'dev', 'lo']);
}

async function removeIfThere(args: readonly string[]): Promise<void> {
  try {
    await run('ip', args, { timeoutMs });
  } catch (error) {
    const absent = /No such process|Cannot assign requested address|Address not found/;
    if (!(error instanceof ProcessError && absent.test(error.stderr))) throw error;
  }
}

async function setKernelSwitch(path: string): Promise<void> {
  if ((await readFile(path, 'utf8')).trim() === '0') await writeFile(path, '1');
}

/**
 * Caddy opens its ports anew for each configuration and then closes the old ones: without this switch of Linux 5.14 the
 * connections that wait at the old ones to be accepted are reset.
 */
async function keepQueuedConnections(): Promise<void> {
  try {
    await setKernelSwitch('/proc/sys/net/ipv4/tcp_migrate_req');
  } catch (error) {
    if (!['ENOENT', 'EACCES', 'EROFS'].some((code) => hasErrorCode(error, code))) throw error; // an older kernel
  }
}

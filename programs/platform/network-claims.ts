import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';

/**
 * The address ranges of instances on one machine. Each has a number, claimed by a file that names its data directory,
 * so that instances never share addresses, stopped ones included.
 */
export const claimsFolder = '/var/lib/croft-networks';

const most = 16;

export interface NetworkRanges {
  podCidr: string;
  serviceCidr: string;
  dnsAddress: string;
}

/** Pods of instance `n` live in 10.244.n.0/24, Services in the n-th /20 of 10.96.0.0/16. */
export function networkRanges(number: number): NetworkRanges {
  const third = number * 16;
  return { podCidr: `10.244.${number}.0/24`, serviceCidr: `10.96.${third}.0/20`, dnsAddress: `10.96.${third}.10` };
}

/** Claims the first number that no other instance holds and whose addresses the machine does not use. */
export async function claimNetwork(dataDir: string, folder = claimsFolder): Promise<number> {
  await mkdir(folder, { recursive: true });
  await dropStaleClaims(folder);
  const routes = await readRoutes();
  for (let number = 0; number < most; number++) {
    const ranges = networkRanges(number);
    const claim = join(folder, String(number));
    const isOurs = (await readFile(claim, 'utf8').catch(() => '')) === dataDir;
    if (isOurs) return number;
    if (routes.some((route) => overlaps(route, ranges.podCidr) || overlaps(route, ranges.serviceCidr))) continue;
    try {
      await writeFile(claim, dataDir, { flag: 'wx', mode: 0o600 });
      return number;
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }
  throw new UserError(
    `all ${most} address ranges for instances are taken; run "croft uninstall" for one that is not needed (see ${folder})`,
  );
}

export async function releaseNetwork(number: number, folder = claimsFolder): Promise<void> {
  await rm(join(folder, String(number)), { force: true });
  const left = await readdir(folder).catch(() => ['unknown']);
  if (left.length === 0) await rm(folder, { recursive: true, force: true });
}

/** A claim whose data directory is gone holds nothing any more. */
async function dropStaleClaims(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const dataDir = await readFile(join(folder, name), 'utf8');
    const found = await stat(dataDir).catch(() => undefined);
    if (dataDir !== '' && found === undefined) await rm(join(folder, name), { force: true });
  }
}

/** The ranges that the machine's routes name. */
async function readRoutes(): Promise<string[]> {
  const { stdout } = await run('ip', ['-j', '-4', 'route', 'show', 'table', 'all'], { timeoutMs: 10_000 });
  const routes = JSON.parse(stdout || '[]') as { dst: string }[];
  return routes.map(({ dst }) => dst).filter((dst) => dst !== 'default' && dst.split('.').length === 4);
}

/** Whether two IPv4 ranges share an address. A range without a length is one address. */
export function overlaps(left: string, right: string): boolean {
  const [a, b] = [parseCidr(left), parseCidr(right)];
  return a.first <= b.last && b.first <= a.last;
}

function parseCidr(cidr: string): { first: number; last: number } {
  const [address = '', length = '32'] = cidr.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}

import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface RequiredProgram {
  program: string;
  /** The package of Debian and Ubuntu that brings it. */
  package: string;
  purpose: string;
}

/** What a machine needs beside Node. One of `runc` and `crun` is enough; Debian's podman brings the one that fits. */
export const requiredPrograms: readonly RequiredProgram[] = [
  { program: 'podman', package: 'podman', purpose: 'runs the containers' },
  { program: 'runc', package: 'runc', purpose: 'starts processes in containers' },
  { program: 'netavark', package: 'netavark', purpose: 'connects the containers' },
  { program: 'iptables', package: 'iptables', purpose: 'is what netavark sets up connections with' },
  { program: 'catatonit', package: 'catatonit', purpose: 'holds the network of a Pod' },
  { program: 'nft', package: 'nftables', purpose: 'gives Services their addresses' },
  { program: 'ip', package: 'iproute2', purpose: 'sets up addresses' },
  { program: 'caddy', package: 'caddy', purpose: 'is the front door' },
  { program: 'git', package: 'git', purpose: 'fetches and serves prescriptions' },
  { program: 'mmdebstrap', package: 'mmdebstrap', purpose: 'makes base images where no registry is reachable' },
  { program: 'tar', package: 'tar', purpose: 'keeps artifacts' },
];

const extraFolders = ['/usr/lib/podman', '/usr/libexec/podman', '/usr/sbin', '/sbin'];

/** The required programs that are not installed. */
export async function findMissingPrograms(env: NodeJS.ProcessEnv): Promise<RequiredProgram[]> {
  const folders = [...(env.PATH ?? '').split(delimiter), ...extraFolders];
  const missing: RequiredProgram[] = [];
  for (const required of requiredPrograms) {
    if (!(await isInstalled(required.program, folders))) missing.push(required);
  }
  return missing;
}

async function isInstalled(program: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    try {
      await access(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // not in this folder
    }
  }
  return false;
}

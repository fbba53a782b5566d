import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hasErrorCode } from '@croft/foundation/errors';

/**
 * Lets every port of the bridge send a packet back where it came from, so that a Pod reaches itself through its Service
 * where bridged packets pass the host's rules (br_netfilter). A bridge or port that is not there (yet, or any more) is
 * fine. Gives the names of the ports that were changed.
 */
export async function applyHairpin(bridge: string): Promise<string[]> {
  const changed: string[] = [];
  for (const port of await readPorts(bridge)) {
    const path = `/sys/class/net/${bridge}/brif/${port}/hairpin_mode`;
    try {
      if ((await readFile(path, 'utf8')).trim() === '1') continue;
      await writeFile(path, '1');
      changed.push(port);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'ENODEV')) throw error;
    }
  }
  return changed;
}

async function readPorts(bridge: string): Promise<string[]> {
  try {
    return await readdir(`/sys/class/net/${bridge}/brif`);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

import { networkInterfaces } from 'node:os';

/** The first IPv4 address of this machine that others may reach, other than those of the bridge; else loopback. */
export function findNodeAddress(bridge: string): string {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (name === bridge) continue;
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found !== undefined) return found.address;
  }
  return '127.0.0.1';
}

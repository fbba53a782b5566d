import type { Connection } from './connection.ts';
import { EngineError, orMissing } from './engine-error.ts';

/** A bridge network of one instance. The name is also the key of its addresses on the host: never share it. */
export interface PodNetwork {
  name: string;
  /** Name of the bridge interface, at most 15 characters. */
  bridge: string;
  /** Such as `10.88.0.0/16`. */
  subnet: string;
  /** The bridge's own address; the first of the subnet when left out. */
  gateway?: string;
}

interface LibpodNetwork {
  name: string;
  network_interface: string;
  subnets: { subnet: string; gateway?: string }[];
}

/**
 * Makes the network unless it is there, without the engine's DNS server: names are answered by the cluster's own. Uses
 * libpod's endpoint, as the Docker one cannot turn DNS off. Throws when a network of this name has another subnet.
 */
export async function ensureNetwork(engine: Connection, network: PodNetwork): Promise<void> {
  const known = await orMissing(
    engine.call<LibpodNetwork>({ method: 'GET', path: `/libpod/networks/${network.name}/json` }),
  );
  if (known !== undefined) {
    const subnet = known.subnets[0]?.subnet;
    if (subnet === network.subnet) return;
    const what = `network ${network.name} has the subnet ${subnet}, not ${network.subnet}`;
    throw new EngineError('networks', 409, `${what}: remove the network, or set the subnet back`);
  }
  await engine.call({
    method: 'POST',
    path: '/libpod/networks/create',
    body: {
      name: network.name,
      driver: 'bridge',
      network_interface: network.bridge,
      subnets: [{ subnet: network.subnet, gateway: network.gateway ?? firstAddress(network.subnet) }],
      dns_enabled: false,
    },
  });
}

/** The address after the subnet's own, as a bridge takes it. */
export function firstAddress(subnet: string): string {
  const octets = (subnet.split('/')[0] ?? '').split('.').map(Number);
  const last = octets.pop() ?? 0;
  return [...octets, last + 1].join('.');
}

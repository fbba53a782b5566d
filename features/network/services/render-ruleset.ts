import { isIPv4 } from 'node:net';
import type { EndpointSlice, Service, ServicePort } from '@croft/api/types';
import { type Backend, backendsOf, clusterAddressesOf, groupSlices, slicesOf } from '../endpoints/backends.ts';

export interface RulesetOptions {
  /** Names the instance's own table. */
  instanceId: string;
  /** Such as `10.96.0.0/16`. What is sent there and belongs to no Service with backends is refused. */
  serviceCidr: string;
  podCidr: string;
  /** An address of the service CIDR that the host itself answers on. */
  dnsAddress: string;
}

/** Where a port of a Service is reached, and the chain that picks the backend. */
interface Route {
  match: string;
  chain: string;
}

interface Routes {
  addresses: Route[];
  nodePorts: Route[];
  chains: string[];
}

export function tableName(instanceId: string): string {
  return `croft_${instanceId.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
}

/**
 * The nftables program that replaces the instance's table in one transaction, for `nft -f -`. Connections to a Service's
 * address, external address or node port go to one of its backends, picked at random, or by the client's address for
 * sessionAffinity ClientIP. Pods' and the host's own connections get the host's address as source, because Pods on one
 * bridge would otherwise answer each other directly; connections from outside keep their source.
 */
export function renderRuleset(
  services: Iterable<Service>,
  slices: Iterable<EndpointSlice>,
  options: RulesetOptions,
): string {
  const { addresses, nodePorts, chains } = renderRoutes(services, slices, options.dnsAddress);
  const table = tableName(options.instanceId);
  return `table ip ${table}
delete table ip ${table}
table ip ${table} {
  map addresses {
    type ipv4_addr . inet_proto . inet_service : verdict
${renderElements(addresses)}  }
  map node_ports {
    type inet_proto . inet_service : verdict
${renderElements(nodePorts)}  }
${chains.join('')}  chain pick_backend {
    ip daddr . meta l4proto . th dport vmap @addresses
    ip daddr != 127.0.0.0/8 fib daddr type local meta l4proto . th dport vmap @node_ports
  }
  chain from_network {
    type nat hook prerouting priority dstnat; policy accept;
    jump pick_backend
  }
  chain from_host {
    type nat hook output priority -100; policy accept;
    jump pick_backend
  }
  chain hide_source {
    type nat hook postrouting priority srcnat; policy accept;
    ct status dnat ip saddr ${options.podCidr} ip daddr ${options.podCidr} masquerade
    ct status dnat ct original ip daddr ${options.serviceCidr} fib saddr type local masquerade
  }
  chain refuse {
    ip daddr ${options.dnsAddress} return
    meta l4proto tcp reject with tcp reset
    reject with icmp type port-unreachable
  }
  chain refuse_forwarded {
    type filter hook forward priority filter; policy accept;
    ip daddr ${options.serviceCidr} jump refuse
  }
  chain refuse_sent {
    type filter hook output priority filter; policy accept;
    ip daddr ${options.serviceCidr} jump refuse
  }
}
`;
}

function renderRoutes(services: Iterable<Service>, slices: Iterable<EndpointSlice>, dnsAddress: string): Routes {
  const routes: Routes = { addresses: [], nodePorts: [], chains: [] };
  const bySlice = groupSlices(slices);
  const taken = new Set<string>();
  for (const service of [...services].sort(byName)) {
    for (const port of service.spec?.ports ?? []) {
      const backends = backendsOf(service, port, slicesOf(service, bySlice));
      const protocol = protocolOf(port);
      if (protocol === undefined || backends.length === 0) continue;
      const chain = chainName(service, protocol, port);
      const before = taken.size;
      const claim = (list: Route[], match: string) => {
        if (taken.has(match)) return; // the first Service by name keeps it; nft refuses a key that stands twice
        taken.add(match);
        list.push({ match, chain });
      };
      for (const address of reachedAddresses(service))
        if (address !== dnsAddress) claim(routes.addresses, `${address} . ${protocol} . ${port.port}`);
      if (port.nodePort !== undefined && port.nodePort > 0) claim(routes.nodePorts, `${protocol} . ${port.nodePort}`);
      if (taken.size === before) continue;
      routes.chains.push(renderChain(chain, protocol, backends, service.spec?.sessionAffinity === 'ClientIP'));
    }
  }
  return routes;
}

function renderElements(routes: readonly Route[]): string {
  if (routes.length === 0) return '';
  return `    elements = {\n${routes.map(({ match, chain }) => `      ${match} : goto ${chain}`).join(',\n')}\n    }\n`;
}

function renderChain(name: string, protocol: string, backends: readonly Backend[], sticky: boolean): string {
  const [only] = backends;
  const pick = sticky ? `jhash ip saddr mod ${backends.length} seed 0x1` : `numgen random mod ${backends.length}`;
  const targets = backends.map(({ address, port }, index) => `${index} : ${address} . ${port}`).join(', ');
  const target = backends.length === 1 && only ? `${only.address}:${only.port}` : `${pick} map { ${targets} }`;
  return `  chain ${name} {\n    meta l4proto ${protocol} dnat to ${target}\n  }\n`;
}

function reachedAddresses(service: Service): string[] {
  if (service.spec?.type === 'ExternalName') return [];
  return [...clusterAddressesOf(service), ...(service.spec?.externalIPs ?? []).filter((address) => isIPv4(address))];
}

function protocolOf(port: ServicePort): 'tcp' | 'udp' | undefined {
  const protocol = port.protocol ?? 'TCP';
  if (protocol === 'TCP') return 'tcp';
  return protocol === 'UDP' ? 'udp' : undefined;
}

/** nft allows letters, digits, `/`, `-`, `_` and `.` in a name, which are what names of Services are made of. */
function chainName(service: Service, protocol: string, port: ServicePort): string {
  return `service/${service.metadata?.namespace}/${service.metadata?.name}/${protocol}/${port.port}`;
}

function byName(a: Service, b: Service): number {
  const name = (service: Service) => `${service.metadata?.namespace}/${service.metadata?.name}`;
  return name(a) < name(b) ? -1 : 1;
}

import type { Pod } from '@croft/api/types';

export interface DnsOptions {
  /** The address of the cluster's DNS. */
  clusterDns: string;
  /** Such as `cluster.local`. */
  clusterDomain: string;
  /** The text of the host's own resolv.conf. */
  hostResolvConf: string;
}

/** The host name that a Pod sees. */
export function hostnameOf(pod: Pod): string {
  const name = pod.spec?.hostname ?? pod.metadata?.name ?? '';
  return name.slice(0, 63).replace(/[-.]+$/, '');
}

/** The name under which a Pod with a subdomain is found, if it has one. */
function fullNameOf(pod: Pod, clusterDomain: string): string | undefined {
  const { subdomain } = pod.spec ?? {};
  if (subdomain === undefined || subdomain === '') return undefined;
  return `${hostnameOf(pod)}.${subdomain}.${pod.metadata?.namespace}.svc.${clusterDomain}`;
}

/** The text of a Pod's /etc/hosts, as the kubelet writes it. */
export function renderHosts(pod: Pod, podIp: string, clusterDomain: string): string {
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::\tip6-localnet',
    'fe00::\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
  ];
  const full = fullNameOf(pod, clusterDomain);
  lines.push([podIp, ...(full === undefined ? [] : [full]), hostnameOf(pod)].join('\t'));
  const aliases = (pod.spec?.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t'));
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.', ...aliases);
  return `${lines.join('\n')}\n`;
}

/** The text of a Pod's /etc/resolv.conf, by its dnsPolicy and dnsConfig. */
export function renderResolvConf(pod: Pod, options: DnsOptions): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = pod.spec ?? {};
  const base = basePolicy(pod, dnsPolicy === 'ClusterFirst' && hostNetwork ? 'Default' : dnsPolicy, options);
  const nameservers = unique([...base.nameservers, ...(dnsConfig?.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(dnsConfig?.searches ?? [])]);
  const settings = new Map(base.options.map((option) => [option.split(':')[0], option]));
  for (const { name, value } of dnsConfig?.options ?? []) {
    if (name !== undefined) settings.set(name, value === undefined ? name : `${name}:${value}`);
  }
  return [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...nameservers.map((address) => `nameserver ${address}`),
    ...(settings.size === 0 ? [] : [`options ${[...settings.values()].join(' ')}`]),
    '',
  ].join('\n');
}

interface Resolver {
  nameservers: string[];
  searches: string[];
  options: string[];
}

function basePolicy(pod: Pod, policy: string, { clusterDns, clusterDomain, hostResolvConf }: DnsOptions): Resolver {
  if (policy === 'None') return { nameservers: [], searches: [], options: [] };
  const host = parseResolvConf(hostResolvConf);
  if (policy === 'Default') return host;
  const searches = [`${pod.metadata?.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { nameservers: [clusterDns], searches: [...searches, ...host.searches], options: ['ndots:5'] };
}

function parseResolvConf(text: string): Resolver {
  const resolver: Resolver = { nameservers: [], searches: [], options: [] };
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver') resolver.nameservers.push(...rest.slice(0, 1));
    else if (word === 'search') resolver.searches = rest.filter((domain) => domain !== '.');
    else if (word === 'options') resolver.options = rest;
  }
  return resolver;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}

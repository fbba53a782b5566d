import { dns1123LabelErrors } from '@croft/api/names';
import type { Service } from '@croft/api/types';
import { ageOf, defineTable, nameOf } from './columns.ts';
import type { KindParts, Writable } from './define.ts';
import { formatSelector } from './labels.ts';
import { checkAddressesUnchanged, checkServiceSpec, hasAddress, isExternal } from './service-checks.ts';

type Spec = NonNullable<Service['spec']>;
type Port = NonNullable<Spec['ports']>[number];

export const serviceRules: KindParts<Writable<Service>> = {
  createsOnUpdate: true,
  returnsDeleted: true,
  validateName: (name) => dns1123LabelErrors(name),
  default(service) {
    if (service.spec !== undefined) defaultSpec(service.spec);
  },
  prepareForCreate({ spec }) {
    if (spec === undefined) return;
    dropUnneeded(spec);
    defaultFamilies(spec);
  },
  prepareForUpdate(service, old) {
    const { spec } = service;
    if (spec === undefined) return;
    keepAddresses(spec, old.spec);
    if (old.spec !== undefined && old.spec.type !== spec.type) dropWithType(spec, old.spec);
    dropUnneeded(spec);
    defaultFamilies(spec);
  },
  validate: ({ spec }) => (spec === undefined ? [] : checkServiceSpec('spec', spec)),
  validateUpdate: ({ spec }, old) => [
    ...(spec === undefined ? [] : checkAddressesUnchanged(spec, old.spec)),
    ...(spec === undefined ? [] : checkServiceSpec('spec', spec)),
  ],
  warnings: ({ spec }) =>
    (spec?.externalIPs?.length ?? 0) > 0
      ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters']
      : [],
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec?.clusterIP ?? '', 'spec.type': spec?.type ?? '' }),
  table: defineTable<Service>('Name*,Type,Cluster-IP,External-IP,Port(s),Age,+Selector', (service, nowMs) => {
    const { spec } = service;
    return [
      nameOf(service),
      spec?.type ?? '',
      spec?.clusterIPs?.[0] ?? '<none>',
      externalCell(service),
      portsCell(spec?.ports),
      ageOf(service, nowMs),
      formatSelector({ matchLabels: spec?.selector ?? {} }),
    ];
  }),
};

function defaultSpec(spec: Spec): void {
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: seconds } };
  } else delete spec.sessionAffinityConfig;
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (port.targetPort === 0 || port.targetPort === '' || port.targetPort === undefined) port.targetPort = port.port;
  }
  if (hasAddress(spec)) spec.internalTrafficPolicy ??= 'Cluster';
  if (isExternal(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** One address family, as the cluster has but one; a headless service without selector asks for both. */
function defaultFamilies(spec: Spec): void {
  if (!hasAddress(spec)) return;
  if (spec.clusterIP !== undefined && spec.clusterIPs === undefined) spec.clusterIPs = [spec.clusterIP];
  if (spec.clusterIP === undefined && spec.clusterIPs?.[0] !== undefined) spec.clusterIP = spec.clusterIPs[0];
  const headless = spec.clusterIP === 'None';
  const selectorless = spec.selector === undefined;
  if (headless && selectorless && spec.ipFamilyPolicy === undefined && spec.ipFamilies === undefined) {
    spec.ipFamilyPolicy = 'RequireDualStack';
    spec.ipFamilies = ['IPv4', 'IPv6'];
    return;
  }
  spec.ipFamilyPolicy ??= 'SingleStack';
  spec.ipFamilies ??= ['IPv4'];
}

/** An update that leaves out what the server once gave keeps it. */
function keepAddresses(spec: Spec, old: Spec | undefined): void {
  if (old === undefined || !hasAddress(spec) || !hasAddress(old)) return;
  const { clusterIP = '', clusterIPs = [] } = spec;
  const before = old.clusterIPs ?? (old.clusterIP === undefined ? [] : [old.clusterIP]);
  const unchangedList = JSON.stringify(clusterIPs) === JSON.stringify(before);
  if (clusterIP === '' && (clusterIPs.length === 0 || unchangedList) && before.length > 0) {
    spec.clusterIP = before[0] ?? '';
    spec.clusterIPs = [...before];
  } else if (clusterIP !== old.clusterIP && unchangedList) {
    spec.clusterIPs = [clusterIP, ...before.slice(1)];
  } else if (clusterIPs.length === 0 && clusterIP !== '') spec.clusterIPs = [clusterIP];
  keepNodePorts(spec, old);
  if (isExternal(spec) && old.healthCheckNodePort !== undefined) spec.healthCheckNodePort ??= old.healthCheckNodePort;
}

function keepNodePorts(spec: Spec, old: Spec): void {
  if (!isExternal(spec) || !isExternal(old)) return;
  const used = new Set((spec.ports ?? []).map((port) => port.nodePort));
  for (const port of spec.ports ?? []) {
    if (port.nodePort !== undefined) continue;
    const before = old.ports?.find((one) => one.port === port.port && one.protocol === port.protocol)?.nodePort;
    if (before !== undefined && !used.has(before)) port.nodePort = before;
  }
}

/** What a service of another type once had is dropped with it. */
function dropUnneeded(spec: Spec): void {
  if (!hasAddress(spec)) {
    for (const name of ['ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) delete spec[name];
  }
  if (spec.type !== 'LoadBalancer') delete spec.allocateLoadBalancerNodePorts;
}

/** What came with the old type goes with it, unless the update set it anew (dropTypeDependentFields). */
function dropWithType(spec: Spec, old: Spec): void {
  const ports = (of: Spec) => (of.ports ?? []).map(({ nodePort }) => nodePort);
  if (!isExternal(spec) && isExternal(old) && JSON.stringify(ports(spec)) === JSON.stringify(ports(old))) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  const dropUnchanged = (name: 'externalTrafficPolicy' | 'healthCheckNodePort' | 'loadBalancerClass') => {
    if (spec[name] === old[name]) delete spec[name];
  };
  if (!isExternal(spec)) dropUnchanged('externalTrafficPolicy');
  if (spec.type !== 'LoadBalancer') {
    dropUnchanged('healthCheckNodePort');
    dropUnchanged('loadBalancerClass');
  }
  if (!hasAddress(spec) && spec.clusterIP === old.clusterIP) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
}

function externalCell({ spec, status }: Service): string {
  const own = spec?.externalIPs ?? [];
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  if (spec?.type !== 'LoadBalancer') return own.length > 0 ? own.join(',') : '<none>';
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  const all = [...new Set(given), ...own].filter((one) => one !== '');
  return all.length > 0 ? all.join(',') : '<pending>';
}

function portsCell(ports: readonly Port[] = []): string {
  if (ports.length === 0) return '<none>';
  return ports
    .map(({ port, nodePort, protocol }) => `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`)
    .join(',');
}

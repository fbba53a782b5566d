import { dns1123LabelErrors } from '@croft/api/names';
import type { Service } from '@croft/api/types';
import { ageOf, defineTable, nameOf } from './columns.ts';
import type { KindParts, Writable } from './define.ts';
import { formatSelector } from './labels.ts';
import { checkService, checkServiceStatus, hasAddress } from './service-checks.ts';
import { alignAddresses, dropWithType, isReachable, keepAllocated } from './service-merge.ts';
import { serviceWarnings } from './service-warnings.ts';

type Spec = NonNullable<Service['spec']>;
type Port = NonNullable<Spec['ports']>[number];

export const serviceRules: KindParts<Writable<Service>> = {
  createsOnUpdate: true,
  returnsDeleted: true,
  validateName: (name) => dns1123LabelErrors(name),
  default(service) {
    if (service.spec === undefined) return;
    defaultSpec(service.spec);
    if (service.spec.type !== 'LoadBalancer') return;
    for (const one of service.status?.loadBalancer?.ingress ?? []) if (one.ip) one.ipMode ??= 'VIP';
  },
  prepareForCreate({ spec }) {
    if (spec === undefined) return;
    alignAddresses(spec, undefined);
    defaultFamilies(spec);
  },
  prepareForUpdate(service, old) {
    const { spec } = service;
    if (spec === undefined) return;
    if (old.spec !== undefined) {
      keepAllocated(spec, old.spec);
      alignAddresses(spec, old.spec);
      dropWithType(spec, old.spec);
    }
    defaultFamilies(spec);
  },
  validate: (service) => checkService(service),
  validateUpdate: checkService,
  validateStatusUpdate: checkServiceStatus,
  warnings: serviceWarnings,
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
  if (isReachable(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** One address family, as the cluster has but one; a headless service without selector asks for both. */
function defaultFamilies(spec: Spec): void {
  if (!hasAddress(spec)) return;
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

function externalCell({ spec, status }: Service): string {
  const own = spec?.externalIPs ?? [];
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  if (spec?.type !== 'LoadBalancer') return own.length > 0 ? own.join(',') : '<none>';
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  const all = [...[...new Set(given)].sort(), ...own].filter((one) => one !== '');
  return all.length > 0 ? all.join(',') : '<pending>';
}

function portsCell(ports: readonly Port[] = []): string {
  if (ports.length === 0) return '<none>';
  return ports
    .map(({ port, nodePort, protocol }) => `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol}`)
    .join(',');
}

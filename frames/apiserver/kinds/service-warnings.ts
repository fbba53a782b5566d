import type { Service } from '@croft/api/types';
import { addressWarnings, networkWarnings } from './addresses.ts';
import { hintsKey, modeKey } from './service-checks.ts';

/** What a Service may say without effect (pkg/api/service/warnings.go). */
export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const { externalIPs = [], clusterIPs = [], loadBalancerIP = '', loadBalancerSourceRanges: ranges = [] } = spec;
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const named = spec.type === 'ExternalName';
  const told: [boolean, string][] = [
    [
      metadata?.annotations?.[hintsKey] !== undefined,
      `annotation ${hintsKey} is deprecated, please use ${modeKey} instead`,
    ],
    [externalIPs.length > 0, 'spec.externalIPs is deprecated and may no longer be implemented in some clusters'],
    [headless && loadBalancerIP !== '', 'spec.loadBalancerIP is ignored for headless services'],
    [headless && externalIPs.length > 0, 'spec.externalIPs is ignored for headless services'],
    [headless && spec.sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services'],
  ];
  const after: [boolean, string][] = [
    [named && externalIPs.length > 0, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [!named && Boolean(spec.externalName), 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [
      spec.trafficDistribution === 'PreferClose',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  ];
  return [
    ...toldOf(told),
    ...clusterIPs.flatMap((address, index) => addressWarnings(`spec.clusterIPs[${index}]`, address)),
    ...externalIPs.flatMap((address, index) => addressWarnings(`spec.externalIPs[${index}]`, address)),
    ...addressWarnings('spec.loadBalancerIP', loadBalancerIP),
    ...ranges.flatMap((range, index) => networkWarnings(`spec.loadBalancerSourceRanges[${index}]`, range.trim())),
    ...toldOf(after),
  ];
}

const toldOf = (warnings: readonly [boolean, string][]) => warnings.flatMap(([holds, text]) => (holds ? [text] : []));

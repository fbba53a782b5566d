import { isIPv4, isIPv6 } from 'node:net';
import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '@croft/api/names';
import type { Service } from '@croft/api/types';
import { checkAddress, checkNetwork, checkReachableAddress } from './addresses.ts';
import {
  checkChoice,
  checkOneOf,
  checkPort,
  checkPortOrName,
  checkQualifiedName,
  duplicates,
  invalidFor,
} from './check.ts';
import { internalForm } from './internal-form.ts';
import { checkLabels } from './labels.ts';

type Spec = NonNullable<Service['spec']>;
type Port = NonNullable<Spec['ports']>[number];

/**
 * All rules of a Service, in Kubernetes' order. The addresses come first and, where they are wrong, alone: they are looked
 * at when addresses are given out, before the rest.
 */
export function checkService(service: Service, old?: Service): FieldError[] {
  const { metadata, spec } = service;
  const addresses = spec === undefined ? [] : checkClusterAddresses('spec', spec);
  if (addresses.length > 0) return addresses;
  const annotations = metadata?.annotations ?? {};
  const [hints, mode] = [annotations[hintsKey], annotations[modeKey]];
  const differ = hints !== undefined && mode !== undefined && hints !== mode;
  const rule = `must match annotations[${hintsKey}] when both are specified`;
  return [
    ...(old === undefined ? [] : checkServiceChange(spec, old.spec)),
    ...(differ ? [invalidField(`metadata.annotations[${modeKey}]`, mode, rule)] : []),
    ...(spec === undefined ? [] : checkServiceSpec('spec', spec, annotations[rangesKey])),
  ];
}

export const hintsKey = 'service.kubernetes.io/topology-aware-hints';
export const modeKey = 'service.kubernetes.io/topology-mode';
const rangesKey = 'service.beta.kubernetes.io/load-balancer-source-ranges';

export const isExternal = (spec: Spec) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
export const hasAddress = (spec: Spec) => spec.type !== 'ExternalName';

function checkServiceSpec(path: string, spec: Spec, ranges: string | undefined): FieldError[] {
  return [
    ...checkPorts(path, spec),
    ...checkTypeRules(path, spec),
    ...checkLabels(`${path}.selector`, spec.selector),
    ...checkChoice(`${path}.sessionAffinity`, spec.sessionAffinity, ['ClientIP', 'None']),
    ...checkAffinity(path, spec),
    ...checkExternalAddresses(`${path}.externalIPs`, spec.externalIPs),
    ...checkChoice(`${path}.type`, spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...checkNodePorts(path, spec),
    ...checkSources(path, spec, ranges),
    ...checkTraffic(path, spec),
  ];
}

function checkTypeRules(path: string, spec: Spec): FieldError[] {
  if (spec.type === 'LoadBalancer' && spec.clusterIP === 'None') {
    return [invalidField(`${path}.clusterIPs[0]`, 'None', "may not be set to 'None' for LoadBalancer services")];
  }
  if (spec.type === 'NodePort' && spec.clusterIP === 'None') {
    return [invalidField(`${path}.clusterIPs[0]`, 'None', "may not be set to 'None' for NodePort services")];
  }
  if (spec.type !== 'ExternalName') return [];
  const set = (['clusterIPs', 'ipFamilies'] as const).filter((field) => (spec[field]?.length ?? 0) > 0);
  const given = spec.ipFamilyPolicy === undefined ? set : [...set, 'ipFamilyPolicy'];
  const errors = given.map((field) => forbiddenField(`${path}.${field}`, 'may not be set for ExternalName services'));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') return [...errors, requiredField(`${path}.externalName`)];
  return [...errors, ...invalidFor(`${path}.externalName`, name, dns1123SubdomainErrors(name))];
}

function checkPorts(path: string, spec: Spec): FieldError[] {
  const ports = spec.ports ?? [];
  const headless = spec.clusterIP === 'None';
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') return [requiredField(`${path}.ports`)];
  const names = new Set<string>();
  return ports.flatMap((port, index) => checkPortEntry(`${path}.ports[${index}]`, port, ports.length > 1, names));
}

function checkPortEntry(path: string, port: Port, needsName: boolean, names: Set<string>): FieldError[] {
  const { name = '', targetPort = 0, appProtocol } = port;
  const errors: FieldError[] = [];
  if (name === '') {
    if (needsName) errors.push(requiredField(`${path}.name`));
  } else {
    errors.push(...invalidFor(`${path}.name`, name, dns1123LabelErrors(name)));
    if (names.has(name)) errors.push(duplicateField(`${path}.name`, name));
    names.add(name);
  }
  errors.push(...checkPort(`${path}.port`, port.port ?? 0));
  errors.push(...checkChoice(`${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
  errors.push(...checkPortOrName(`${path}.targetPort`, targetPort));
  if (appProtocol !== undefined) {
    errors.push(...invalidFor(`${path}.appProtocol`, appProtocol, qualifiedNameErrors(appProtocol)));
  }
  return errors;
}

/** Two ports of one number and protocol, and node ports where there can be none. */
function checkNodePorts(path: string, spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP') {
    ports.forEach((port, index) => {
      if (port.nodePort === undefined) return;
      errors.push(forbiddenField(`${path}.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    });
  }
  const nodePorts = new Set<string>();
  ports.forEach((port, index) => {
    if (port.nodePort === undefined) return;
    const key = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(key)) errors.push(duplicateField(`${path}.ports[${index}].nodePort`, port.nodePort));
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  ports.forEach((port, index) => {
    const key = `${port.protocol}/${port.port}`;
    if (seen.has(key)) {
      const shown = { protocol: port.protocol, port: port.port };
      errors.push(duplicateField(`${path}.ports[${index}]`, internalForm('core.v1.ServicePort', shown)));
    }
    seen.add(key);
  });
  return errors;
}

function checkAffinity(path: string, { sessionAffinity, sessionAffinityConfig: config }: Spec): FieldError[] {
  const at = `${path}.sessionAffinityConfig`;
  if (sessionAffinity === 'None') {
    if (config === undefined) return [];
    return [forbiddenField(at, 'must not be set when session affinity is None')];
  }
  if (sessionAffinity !== 'ClientIP') return [];
  const seconds = config?.clientIP?.timeoutSeconds ?? 0;
  if (seconds > 0 && seconds <= 86_400) return [];
  return [invalidField(`${at}.clientIP.timeoutSeconds`, seconds, 'must be greater than 0 and less than 86400')];
}

/** The families that are asked for, each once. */
function checkFamilies(path: string, { ipFamilies = [], ipFamilyPolicy }: Spec): FieldError[] {
  const twice = new Map(duplicates(ipFamilies, (family) => family));
  const errors = ipFamilies.flatMap((family, index) => [
    ...checkOneOf(`${path}.ipFamilies[${index}]`, family, ['IPv4', 'IPv6']),
    ...(twice.has(index) ? [duplicateField(`${path}.ipFamilies[${index}]`, family)] : []),
  ]);
  if (ipFamilyPolicy === undefined) return errors;
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  return [...errors, ...checkOneOf(`${path}.ipFamilyPolicy`, ipFamilyPolicy, policies)];
}

/** The one address and the first of the list have to agree. */
function checkAligned(path: string, { clusterIP = '', clusterIPs = [] }: Spec): FieldError[] {
  if (clusterIP === (clusterIPs[0] ?? '')) return [];
  if (clusterIPs.length === 0) return [requiredField(path)];
  const rule =
    clusterIP === '' ? 'must be empty when `clusterIP` is not specified' : 'first value must match `clusterIP`';
  return [invalidField(path, clusterIPs, rule)];
}

function checkClusterAddresses(path: string, spec: Spec): FieldError[] {
  if (!hasAddress(spec)) return [];
  const { clusterIPs = [], clusterIP = '', ipFamilies = [], ipFamilyPolicy } = spec;
  const at = `${path}.clusterIPs`;
  const errors = [...checkAligned(at, spec), ...checkFamilies(path, spec)];
  if (clusterIPs[0] === 'None' && clusterIPs.length > 1) {
    errors.push(invalidField(at, clusterIPs, "'None' must be the first and only value"));
  }
  if (clusterIPs.length > 2) errors.push(invalidField(at, clusterIPs, 'may only hold up to 2 values'));
  clusterIPs.forEach((address, index) => {
    if (index === 0 && address === 'None') return;
    const faults = checkAddress(`${at}[${index}]`, address);
    errors.push(...faults);
    const family = ipFamilies[index];
    const fits = family === 'IPv4' ? isIPv4(address) : family === 'IPv6' ? isIPv6(address) : true;
    if (faults.length === 0 && !fits) {
      const rule = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      errors.push(invalidField(`${at}[${index}]`, address, rule));
    }
  });
  const headlessOpen = clusterIP === 'None' && spec.selector === undefined;
  if (errors.length > 0 || headlessOpen) return errors;
  ipFamilies.forEach((family, index) => {
    const field = `${path}.ipFamilies[${index}]`;
    if (family === 'IPv6') errors.push(invalidField(field, family, 'not configured on this cluster'));
  });
  if (ipFamilyPolicy === 'RequireDualStack') {
    const rule = 'this cluster is not configured for dual-stack services';
    errors.push(invalidField(`${path}.ipFamilyPolicy`, ipFamilyPolicy, rule));
  }
  return errors;
}

function checkExternalAddresses(path: string, addresses: readonly string[] = []): FieldError[] {
  return addresses.flatMap((address, index) => {
    const faults = checkAddress(`${path}[${index}]`, address);
    return faults.length > 0 ? faults : checkReachableAddress(`${path}[${index}]`, address);
  });
}

const balancedOnly = "may only be used when `type` is 'LoadBalancer'";

/** Who may come from where, told in a field or, as long ago, in an annotation. */
function checkSources(path: string, spec: Spec, annotation: string | undefined): FieldError[] {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const balanced = spec.type === 'LoadBalancer';
  const field = ranges.length > 0 ? `${path}.LoadBalancerSourceRanges` : `metadata.annotations[${rangesKey}]`;
  const errors: FieldError[] = [];
  const given = ranges.length > 0 || annotation !== undefined;
  if (given && !balanced) errors.push(forbiddenField(field, balancedOnly));
  ranges.forEach((range, index) => {
    errors.push(...checkNetwork(`${field}[${index}]`, range.trim()));
  });
  if (ranges.length === 0 && annotation?.trim()) {
    errors.push(...annotation.split(',').flatMap((range) => checkNetwork(field, range.trim())));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !balanced) {
    errors.push(forbiddenField(`${path}.allocateLoadBalancerNodePorts`, balancedOnly));
  }
  const name = spec.loadBalancerClass;
  if (name === undefined) return errors;
  const at = `${path}.loadBalancerClass`;
  return [...errors, ...(balanced ? checkQualifiedName(at, name) : [forbiddenField(at, balancedOnly)])];
}

function checkTraffic(path: string, spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, trafficDistribution: near } = spec;
  const field = `${path}.externalTrafficPolicy`;
  const outside = isExternal(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
  if (outside) errors.push(...checkChoice(field, external, ['Cluster', 'Local']));
  else if (external !== undefined) {
    errors.push(invalidField(field, external, 'may only be set for externally-accessible services'));
  }
  errors.push(...checkHealthPort(`${path}.healthCheckNodePort`, spec));
  if (internal !== undefined) {
    errors.push(...checkOneOf(`${path}.internalTrafficPolicy`, internal, ['Cluster', 'Local']));
  }
  if (near === undefined) return errors;
  return [...errors, ...checkOneOf(`${path}.trafficDistribution`, near, distributions)];
}

const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

function checkHealthPort(path: string, spec: Spec): FieldError[] {
  const port = spec.healthCheckNodePort;
  if (port === undefined) return [];
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') return checkPort(path, port);
  const rule = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  return [invalidField(path, port, rule)];
}

/** What stays as it is once a service has it. */
function checkServiceChange(spec: Spec | undefined, old: Spec | undefined): FieldError[] {
  if (spec === undefined || old === undefined) return [];
  const errors = hasAddress(spec) && hasAddress(old) ? checkAddressesKept(spec, old) : [];
  const balanced = spec.type === 'LoadBalancer' && old.type === 'LoadBalancer';
  if (balanced && spec.loadBalancerClass !== old.loadBalancerClass) {
    errors.push(invalidField('spec.loadBalancerClass', spec.loadBalancerClass ?? null, onceSet));
  }
  const local = [spec, old].every((one) => one.type === 'LoadBalancer' && one.externalTrafficPolicy === 'Local');
  if (local && spec.healthCheckNodePort !== old.healthCheckNodePort) {
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

const onceSet = 'may not change once set';

function checkAddressesKept(spec: Spec, old: Spec): FieldError[] {
  const [now, before] = [spec.clusterIPs ?? [], old.clusterIPs ?? []];
  const [headless, wasHeadless] = [now, before].map((list) => list.length === 1 && list[0] === 'None');
  if (headless && wasHeadless) return [];
  const errors: FieldError[] = [];
  const first = 'spec.clusterIPs[0]';
  if (before.length > 0 && now.length === 0) {
    errors.push(invalidField(first, null, 'primary clusterIP can not be unset'));
  } else if (before[0] !== undefined && before[0] !== now[0]) errors.push(invalidField(first, now, onceSet));
  if (headless !== wasHeadless) return errors;
  const [families, had] = [spec.ipFamilies ?? [], old.ipFamilies ?? []];
  const moved = had[0] !== undefined && families.length > 0 && families[0] !== had[0];
  return moved ? [...errors, invalidField('spec.ipFamilies[0]', families, onceSet)] : errors;
}

/** Where a load balancer is found (ValidateLoadBalancerStatus). */
export function checkServiceStatus({ spec, status }: Service): FieldError[] {
  const given = status?.loadBalancer?.ingress ?? [];
  const path = 'status.loadBalancer.ingress';
  if (spec?.type !== 'LoadBalancer') {
    const rule = "may only be used when `spec.type` is 'LoadBalancer'";
    return given.length === 0 ? [] : [forbiddenField(path, rule)];
  }
  return given.flatMap(({ ip, hostname, ipMode }, index) => {
    const at = `${path}[${index}]`;
    return [
      ...(ip ? checkAddress(`${at}.ip`, ip) : []),
      ...(ipMode !== undefined && !ip
        ? [forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set')]
        : []),
      ...(ipMode !== undefined && ip ? checkOneOf(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']) : []),
      ...(hostname ? checkBalancerName(`${at}.hostname`, hostname) : []),
    ];
  });
}

function checkBalancerName(path: string, name: string): FieldError[] {
  const isAddress = isIPv4(name) || isIPv6(name);
  return [
    ...invalidFor(path, name, dns1123SubdomainErrors(name)),
    ...(isAddress ? [invalidField(path, name, 'must be a DNS name, not an IP address')] : []),
  ];
}

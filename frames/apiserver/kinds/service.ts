import { isIPv4, isIPv6 } from 'node:net';
import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '@croft/api/names';
import type { Service } from '@croft/api/types';
import { checkAddress, checkNetwork, checkReachableAddress } from './addresses.ts';
import { checkChoice, checkOneOf, checkPort, checkPortOrName, invalidFor } from './check.ts';
import { ageOf, defineTable, nameOf } from './columns.ts';
import type { KindParts, Writable } from './define.ts';
import { internalForm } from './internal-form.ts';
import { checkLabels, formatSelector } from './labels.ts';

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
  validate: ({ spec }) => (spec === undefined ? [] : checkSpec('spec', spec)),
  validateUpdate: ({ spec }, old) => [
    ...(spec === undefined ? [] : checkAddressesUnchanged(spec, old.spec)),
    ...(spec === undefined ? [] : checkSpec('spec', spec)),
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

const isExternal = (spec: Spec) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
const hasAddress = (spec: Spec) => spec.type !== 'ExternalName';

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

function checkSpec(path: string, spec: Spec): FieldError[] {
  return [
    ...checkPorts(path, spec),
    ...checkTypeRules(path, spec),
    ...checkLabels(`${path}.selector`, spec.selector),
    ...checkChoice(`${path}.sessionAffinity`, spec.sessionAffinity, ['ClientIP', 'None']),
    ...checkAffinity(path, spec),
    ...checkClusterAddresses(path, spec),
    ...checkExternalAddresses(`${path}.externalIPs`, spec.externalIPs),
    ...checkChoice(`${path}.type`, spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...checkNodePorts(path, spec),
    ...checkSources(path, spec),
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
  const errors: FieldError[] = [];
  if ((spec.clusterIPs?.length ?? 0) > 0 || (spec.clusterIP ?? '') !== '') {
    errors.push(forbiddenField(`${path}.clusterIPs`, 'may not be set for ExternalName services'));
  }
  const name = spec.externalName ?? '';
  if (name === '') return [...errors, requiredField(`${path}.externalName`)];
  return [...errors, ...invalidFor(`${path}.externalName`, name, dns1123SubdomainErrors(name.replace(/\.$/, '')))];
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
  if (!isExternal(spec)) {
    ports.forEach((port, index) => {
      if (port.nodePort === undefined) return;
      const rule = `may not be used when \`type\` is '${spec.type}'`;
      errors.push(forbiddenField(`${path}.ports[${index}].nodePort`, rule));
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

function checkClusterAddresses(path: string, spec: Spec): FieldError[] {
  if (!hasAddress(spec)) return [];
  const { clusterIPs = [], clusterIP = '', ipFamilies = [], ipFamilyPolicy } = spec;
  const at = `${path}.clusterIPs`;
  const errors: FieldError[] = [];
  if (ipFamilyPolicy !== undefined) {
    const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
    errors.push(...checkOneOf(`${path}.ipFamilyPolicy`, ipFamilyPolicy, policies));
  }
  if (clusterIP !== (clusterIPs[0] ?? '')) {
    errors.push(invalidField(`${path}.clusterIPs[0]`, clusterIPs[0] ?? '', 'first value must match `clusterIP`'));
  }
  clusterIPs.forEach((address, index) => {
    if (address === 'None') return;
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
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(...checkOneOf(field, family, ['IPv4', 'IPv6']));
    else if (family === 'IPv6') errors.push(invalidField(field, family, 'not configured on this cluster'));
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

function checkSources(path: string, spec: Spec): FieldError[] {
  const ranges = spec.loadBalancerSourceRanges ?? [];
  const at = `${path}.loadBalancerSourceRanges`;
  const errors: FieldError[] = [];
  if (spec.type !== 'LoadBalancer' && ranges.length > 0) {
    errors.push(forbiddenField(at, "may only be used when `type` is 'LoadBalancer'"));
  }
  ranges.forEach((range, index) => {
    errors.push(...checkNetwork(`${at}[${index}]`, range.trim()));
  });
  if (spec.type !== 'LoadBalancer' && spec.loadBalancerClass !== undefined) {
    errors.push(forbiddenField(`${path}.loadBalancerClass`, "may only be used when `type` is 'LoadBalancer'"));
  }
  return errors;
}

function checkTraffic(path: string, spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal } = spec;
  const outside = isExternal(spec) || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
  const field = `${path}.externalTrafficPolicy`;
  if (external !== undefined && !outside) {
    errors.push(invalidField(field, external, 'may only be set for externally-accessible services'));
  } else if (external !== undefined) errors.push(...checkOneOf(field, external, ['Cluster', 'Local']));
  if (internal !== undefined)
    errors.push(...checkOneOf(`${path}.internalTrafficPolicy`, internal, ['Cluster', 'Local']));
  return errors;
}

function checkAddressesUnchanged(spec: Spec, old: Spec | undefined): FieldError[] {
  if (old === undefined || !hasAddress(old) || !hasAddress(spec)) return [];
  const before = old.clusterIPs ?? [];
  const now = spec.clusterIPs ?? [];
  const changed = before[0] !== undefined && before[0] !== now[0];
  return changed ? [invalidField('spec.clusterIPs[0]', now, 'may not change once set')] : [];
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

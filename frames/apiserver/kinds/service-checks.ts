import { isIPv4, isIPv6 } from 'node:net';
import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '@croft/api/names';
import type { Service } from '@croft/api/types';
import { checkAddress, checkNetwork, checkReachableAddress } from './addresses.ts';
import { checkChoice, checkOneOf, checkPort, checkPortOrName, invalidFor } from './check.ts';
import { internalForm } from './internal-form.ts';
import { checkLabels } from './labels.ts';

type Spec = NonNullable<Service['spec']>;
type Port = NonNullable<Spec['ports']>[number];

export const isExternal = (spec: Spec) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
export const hasAddress = (spec: Spec) => spec.type !== 'ExternalName';

/** All rules of a Service's spec, in Kubernetes' order. */
export function checkServiceSpec(path: string, spec: Spec): FieldError[] {
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

export function checkAddressesUnchanged(spec: Spec, old: Spec | undefined): FieldError[] {
  if (old === undefined || !hasAddress(old) || !hasAddress(spec)) return [];
  const before = old.clusterIPs ?? [];
  const now = spec.clusterIPs ?? [];
  const changed = before[0] !== undefined && before[0] !== now[0];
  return changed ? [invalidField('spec.clusterIPs[0]', now, 'may not change once set')] : [];
}

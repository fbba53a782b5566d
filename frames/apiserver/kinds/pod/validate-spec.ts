import {
  duplicateField,
  type FieldError,
  fieldTooLong,
  forbiddenField,
  invalidField,
  requiredField,
} from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, rangeError, underscoredSubdomainErrors } from '@croft/api/names';
import type { PodSpec, PodTemplateSpec } from '@croft/api/types';
import { checkAddress } from '../addresses.ts';
import { checkChoice, checkLabelName, checkOneOf, checkQualifiedName, checkSubdomain, invalidFor } from '../check.ts';
import { checkAnnotations, checkLabels } from '../labels.ts';
import { checkContainers, checkEphemeralContainers, checkInitContainers } from './validate-container.ts';
import { checkPodAnnotations, checkProfiles } from './validate-pod-annotations.ts';
import { checkResources } from './validate-resources.ts';
import { checkAffinity, checkSpread, checkTolerations } from './validate-scheduling.ts';
import { checkPodSecurity } from './validate-security.ts';
import { checkVolumes } from './validate-volume.ts';

type Spec = PodSpec & { hostUsers?: boolean; hostnameOverride?: string };

/** All rules of a pod's spec, in Kubernetes' order. `podName` is undefined inside a template. */
export function checkPodSpec(path: string, spec: Spec, podName?: string): FieldError[] {
  const isPod = podName !== undefined;
  return [
    ...checkVolumes(`${path}.volumes`, spec.volumes, podName),
    ...checkResourceClaims(`${path}.resourceClaims`, spec.resourceClaims),
    ...checkContainers(`${path}.containers`, spec),
    ...checkInitContainers(`${path}.initContainers`, spec),
    ...checkEphemeralContainers(`${path}.ephemeralContainers`, spec),
    ...checkHostNetwork(`${path}.containers`, spec, isPod),
    ...checkChoice(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...checkChoice(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...checkLabels(`${path}.nodeSelector`, spec.nodeSelector),
    ...checkPodSecurity(`${path}.securityContext`, spec.securityContext, spec),
    ...checkAffinity(`${path}.affinity`, spec.affinity),
    ...checkDnsConfig(`${path}.dnsConfig`, spec),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      checkQualifiedName(`${path}.readinessGates[${index}].conditionType`, conditionType),
    ),
    ...checkSchedulingGates(`${path}.schedulingGates`, spec.schedulingGates),
    ...checkSpread(`${path}.topologySpreadConstraints`, spec.topologySpreadConstraints),
    ...checkHostUsers(path, spec),
    ...checkHostnameOverride(path, spec),
    ...checkPodNames(path, spec),
  ];
}

export function checkPodTemplate(path: string, template: PodTemplateSpec): FieldError[] {
  const spec = template.spec ?? { containers: [] };
  return [
    ...checkLabels(`${path}.labels`, template.metadata?.labels),
    ...checkAnnotations(`${path}.annotations`, template.metadata?.annotations),
    ...checkPodAnnotations(`${path}.annotations`, template.metadata?.annotations, spec),
    ...checkPodSpec(`${path}.spec`, spec),
    ...checkProfiles(`${path}.spec`, template.metadata?.annotations, spec),
    ...((spec.ephemeralContainers?.length ?? 0) > 0
      ? [forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
      : []),
  ];
}

function checkHostNetwork(path: string, spec: PodSpec, isPod: boolean): FieldError[] {
  if (spec.hostNetwork !== true) return [];
  const rule = 'must match `containerPort` when `hostNetwork` is true';
  return (spec.containers ?? []).flatMap((container, index) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, item) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [invalidField(`${path}[${index}].ports[${item}].hostPort`, hostPort, rule)]
        : [],
    ),
  );
}

/** A pod with users of its own shares no other namespace with its host. */
function checkHostUsers(path: string, spec: Spec): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const shared = [
    ...(spec.hostNetwork === true ? ['hostNetwork'] : []),
    ...(spec.hostPID === true ? ['HostPID'] : []),
    ...(spec.hostIPC === true ? ['HostIPC'] : []),
  ];
  const mapped = (['initContainers', 'containers'] as const).flatMap((field) =>
    (spec[field] ?? []).flatMap(({ volumeDevices = [] }, index) =>
      volumeDevices.length > 0 ? [`${field}[${index}].volumeDevices`] : [],
    ),
  );
  return [...shared, ...mapped].map((field) => forbiddenField(`${path}.${field}`, 'when `hostUsers` is false'));
}

function checkHostnameOverride(path: string, spec: Spec): FieldError[] {
  const { hostnameOverride: name } = spec;
  const at = `${path}.hostnameOverride`;
  if (name === undefined) return [];
  const rivals = ['setHostnameAsFQDN', 'hostNetwork'] as const;
  return [
    ...rivals
      .filter((field) => spec[field] === true)
      .map((field) => forbiddenField(at, `may not be specified when ${field} is true`)),
    ...(name.length > 64 ? [fieldTooLong(at, 64)] : []),
    ...checkSubdomain(at, name),
  ];
}

interface ResourceClaim {
  name?: string;
  resourceClaimName?: string;
  resourceClaimTemplateName?: string;
}

function checkResourceClaims(path: string, claims: readonly ResourceClaim[] = []): FieldError[] {
  return claims.flatMap((claim, index) => {
    const at = `${path}[${index}]`;
    const { name = '', resourceClaimName: own, resourceClaimTemplateName: template } = claim;
    const errors: FieldError[] = [];
    if (name === '') errors.push(requiredField(`${at}.name`));
    else if (claims.findIndex((other) => other.name === name) < index) errors.push(duplicateField(`${at}.name`, name));
    else errors.push(...invalidFor(`${at}.name`, name, dns1123LabelErrors(name)));
    const shown = { Name: name, ResourceClaimName: own ?? null, ResourceClaimTemplateName: template ?? null };
    const rule =
      own === undefined
        ? 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'
        : 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
    if ((own === undefined) === (template === undefined)) errors.push(invalidField(at, shown, rule));
    if (own !== undefined) errors.push(...checkSubdomain(`${at}.resourceClaimName`, own));
    return template === undefined
      ? errors
      : [...errors, ...checkSubdomain(`${at}.resourceClaimTemplateName`, template)];
  });
}

function checkDnsConfig(path: string, { dnsConfig, dnsPolicy }: PodSpec): FieldError[] {
  if (dnsPolicy === 'None' && dnsConfig === undefined) {
    return [requiredField(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const rule = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    return [requiredField(`${path}.nameservers`, rule)];
  }
  const errors: FieldError[] =
    nameservers.length > 3
      ? [invalidField(`${path}.nameservers`, nameservers, 'must not have more than 3 nameservers')]
      : [];
  nameservers.forEach((address, index) => {
    errors.push(...checkAddress(`${path}.nameservers[${index}]`, address));
  });
  if (searches.length > 32) {
    errors.push(invalidField(`${path}.searches`, searches, 'must not have more than 32 search paths'));
  }
  if (searches.join(' ').length > 2048) {
    const rule = 'must not have more than 2048 characters (including spaces) in the search list';
    errors.push(invalidField(`${path}.searches`, searches, rule));
  }
  searches.forEach((search, index) => {
    const name = search.replace(/\.$/, '');
    const faults = search === '.' ? [] : underscoredSubdomainErrors(name);
    errors.push(...invalidFor(`${path}.searches[${index}]`, name, faults));
  });
  options.forEach(({ name }, index) => {
    if ((name ?? '') === '') errors.push(requiredField(`${path}.options[${index}]`, 'must not be empty'));
  });
  return errors;
}

function checkSchedulingGates(path: string, gates: PodSpec['schedulingGates'] = []): FieldError[] {
  return gates.flatMap(({ name }, index) => [
    ...checkQualifiedName(`${path}[${index}]`, name),
    ...(gates.findIndex((other) => other.name === name) < index ? [duplicateField(`${path}[${index}]`, name)] : []),
  ]);
}

const maxSeconds = 2 ** 31 - 1;

function checkPodNames(path: string, spec: PodSpec): FieldError[] {
  const subdomain = (field: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : invalidFor(`${path}.${field}`, value, dns1123SubdomainErrors(value));
  const label = (field: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : checkLabelName(`${path}.${field}`, value);
  const deadline = spec.activeDeadlineSeconds;
  return [
    ...subdomain('serviceAccountName', spec.serviceAccountName),
    ...subdomain('nodeName', spec.nodeName),
    ...(deadline !== undefined && (deadline < 1 || deadline > maxSeconds)
      ? [invalidField(`${path}.activeDeadlineSeconds`, deadline, rangeError(1, maxSeconds))]
      : []),
    ...label('hostname', spec.hostname),
    ...label('subdomain', spec.subdomain),
    ...checkTolerations(`${path}.tolerations`, spec.tolerations),
    ...checkHostAliases(`${path}.hostAliases`, spec.hostAliases),
    ...subdomain('priorityClassName', spec.priorityClassName),
    ...(spec.runtimeClassName === undefined ? [] : checkSubdomain(`${path}.runtimeClassName`, spec.runtimeClassName)),
    ...(spec.preemptionPolicy === undefined
      ? []
      : checkChoice(`${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'])),
    ...(spec.overhead === undefined ? [] : checkResources(`${path}.overhead`, { limits: spec.overhead })),
    ...checkSystem(path, spec),
  ];
}

function checkSystem(path: string, spec: PodSpec): FieldError[] {
  if (spec.os === undefined) return [];
  const name = spec.os.name ?? '';
  if (name === '') return [requiredField(`${path}.os.name`)];
  if (name !== 'linux') return checkOneOf(`${path}.os`, name, ['linux', 'windows']);
  const rule = 'windows options cannot be set for a linux pod';
  const own = spec.securityContext?.windowsOptions === undefined ? [] : ['securityContext'];
  const set = (['initContainers', 'containers'] as const).flatMap((field) =>
    (spec[field] ?? []).flatMap(({ securityContext }, index) =>
      securityContext?.windowsOptions === undefined ? [] : [`${field}[${index}].securityContext`],
    ),
  );
  return [...own, ...set].map((field) => forbiddenField(`${path}.${field}.windowsOptions`, rule));
}

function checkHostAliases(path: string, aliases: PodSpec['hostAliases'] = []): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...checkAddress(`${path}[${index}].ip`, ip ?? ''),
    ...hostnames.flatMap((name, item) => checkSubdomain(`${path}[${index}].hostnames[${item}]`, name)),
  ]);
}

import { isIP } from 'node:net';
import { duplicateField, type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123SubdomainErrors, rangeError } from '@croft/api/names';
import type { PodSpec, PodTemplateSpec } from '@croft/api/types';
import { checkAddress } from '../addresses.ts';
import { checkChoice, checkLabelName, checkOneOf, checkQualifiedName, checkSubdomain, invalidFor } from '../check.ts';
import { checkAnnotations, checkLabels } from '../labels.ts';
import { checkContainers, checkEphemeralContainers, checkInitContainers } from './validate-container.ts';
import { checkAffinity, checkSpread, checkTolerations } from './validate-scheduling.ts';
import { checkPodSecurity } from './validate-security.ts';
import { checkVolumes } from './validate-volume.ts';

/** All rules of a pod's spec, in Kubernetes' order. `isPod` is false inside a template. */
export function checkPodSpec(path: string, spec: PodSpec, isPod: boolean): FieldError[] {
  return [
    ...checkVolumes(`${path}.volumes`, spec.volumes),
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
    ...checkPodNames(path, spec),
  ];
}

export function checkPodTemplate(path: string, template: PodTemplateSpec): FieldError[] {
  return [
    ...checkLabels(`${path}.labels`, template.metadata?.labels),
    ...checkAnnotations(`${path}.annotations`, template.metadata?.annotations),
    ...checkPodSpec(`${path}.spec`, template.spec ?? { containers: [] }, false),
    ...((template.spec?.ephemeralContainers?.length ?? 0) > 0
      ? [
          {
            type: 'FieldValueForbidden' as const,
            field: `${path}.spec.ephemeralContainers`,
            badValue: '',
            detail: 'ephemeral containers not allowed in pod template',
          },
        ]
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
  searches.forEach((search, index) => {
    const name = search.replace(/\.$/, '').replaceAll('_', '-');
    if (search !== '.') errors.push(...checkSubdomain(`${path}.searches[${index}]`, name));
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
    ...subdomain('runtimeClassName', spec.runtimeClassName),
    ...(spec.preemptionPolicy === undefined
      ? []
      : checkChoice(`${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'])),
    ...(spec.os === undefined ? [] : checkOneOf(`${path}.os.name`, spec.os.name, ['linux', 'windows'])),
  ];
}

function checkHostAliases(path: string, aliases: PodSpec['hostAliases'] = []): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...(isIP(ip ?? '') === 0 ? checkAddress(`${path}[${index}].ip`, ip ?? '') : []),
    ...hostnames.flatMap((name, item) => checkSubdomain(`${path}[${index}].hostnames[${item}]`, name)),
  ]);
}

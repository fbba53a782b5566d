import {
  duplicateField,
  type FieldError,
  fieldNotFound,
  fieldTooLong,
  forbiddenField,
  invalidField,
  requiredField,
} from '@croft/api/field-error';
import { dns1123LabelErrors, portNameErrors } from '@croft/api/names';
import type { Container, PodSpec } from '@croft/api/types';
import { checkChoice, checkOneOf, checkPort, invalidFor } from '../check.ts';
import { checkEnv, checkEnvFrom } from './validate-env.ts';
import { checkDevices, checkMounts } from './validate-mount.ts';
import { checkProbes } from './validate-probe.ts';
import { checkResizePolicies, checkResources } from './validate-resources.ts';
import { checkContainerSecurity } from './validate-security.ts';
import { soundVolumes } from './validate-volume.ts';

type Ports = NonNullable<Container['ports']>;
type EphemeralContainer = NonNullable<PodSpec['ephemeralContainers']>[number];

export function checkContainers(path: string, spec: PodSpec): FieldError[] {
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [requiredField(path)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, index) => {
    const at = `${path}[${index}]`;
    return [
      ...checkContainer(at, container, spec),
      ...checkUniqueName(`${at}.name`, container.name, names),
      ...checkProbes(at, container, spec),
      ...checkRestart(at, container),
    ];
  });
  return [...errors, ...checkHostPorts(path, containers)];
}

export function checkInitContainers(path: string, spec: PodSpec): FieldError[] {
  const names = new Set((spec.containers ?? []).map((container) => container.name));
  return (spec.initContainers ?? []).flatMap((container, index) => {
    const at = `${path}[${index}]`;
    const stays = container.restartPolicy === 'Always';
    return [
      ...checkContainer(at, container, spec),
      ...checkRestart(at, container),
      ...checkUniqueName(`${at}.name`, container.name, names),
      ...checkHostPorts(path, [container]),
      ...(stays ? checkProbes(at, container, spec) : forbidProbes(at, container)),
    ];
  });
}

interface RestartRule {
  action?: string;
  exitCodes?: { operator?: string; values?: unknown[] };
}

/** What a container does of its own when it ends. */
function checkRestart(path: string, container: Container & { restartPolicyRules?: RestartRule[] }): FieldError[] {
  const { restartPolicy: policy, restartPolicyRules: rules = [] } = container;
  const errors: FieldError[] = [];
  if (policy !== undefined) {
    errors.push(...checkOneOf(`${path}.restartPolicy`, policy, ['Always', 'Never', 'OnFailure']));
  } else if (rules.length > 0) {
    errors.push(requiredField(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
  }
  if (rules.length > 20) errors.push(fieldTooLong(`${path}.restartPolicyRules`, 20));
  rules.forEach(({ action = '', exitCodes }, index) => {
    const at = `${path}.restartPolicyRules[${index}]`;
    if (action !== 'RestartAllContainers') errors.push(...checkOneOf(`${at}.action`, action, ['Restart']));
    if (exitCodes === undefined) errors.push(requiredField(`${at}.exitCodes`, 'must be specified'));
    else errors.push(...checkOneOf(`${at}.exitCodes.operator`, exitCodes.operator ?? '', ['In', 'NotIn']));
  });
  return errors;
}

function forbidProbes(path: string, container: Container): FieldError[] {
  const fields = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;
  return fields
    .filter((field) => container[field] !== undefined)
    .map((field) =>
      forbiddenField(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
    );
}

const ephemeralFields = new Set(
  'name image command args workingDir envFrom env volumeMounts volumeDevices terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty targetContainerName'.split(
    ' ',
  ),
);

export function checkEphemeralContainers(path: string, spec: PodSpec): FieldError[] {
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container: EphemeralContainer, index) => {
    const at = `${path}[${index}]`;
    const target = container.targetContainerName ?? '';
    const extra = Object.entries(container).filter(
      ([field, value]) => !ephemeralFields.has(field) && JSON.stringify(value) !== '{}',
    );
    return [
      ...checkContainer(at, container, spec),
      ...checkImageBlanks(at, container),
      ...checkUniqueName(`${at}.name`, container.name, names),
      ...(target === '' || others.has(target) ? [] : [fieldNotFound(`${at}.targetContainerName`, target)]),
      ...extra.map(([field]) => forbiddenField(`${at}.${field}`, 'cannot be set for an Ephemeral Container')),
      ...(container.volumeMounts ?? []).flatMap((mount, item) =>
        (['subPath', 'subPathExpr'] as const)
          .filter((field) => mount[field])
          .map((field) =>
            forbiddenField(`${at}.volumeMounts[${item}].${field}`, 'cannot be set for an Ephemeral Container'),
          ),
      ),
    ];
  });
}

function checkUniqueName(path: string, name: string, names: Set<string>): FieldError[] {
  if (names.has(name)) return [duplicateField(path, name)];
  if (name !== '') names.add(name);
  return [];
}

/** Only pods are held to this, so that templates with odd images stay as they were. */
export function checkImageBlanks(path: string, { image = '' }: { image?: string }): FieldError[] {
  if (image.trim() === image) return [];
  return [invalidField(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

function checkContainer(path: string, container: Container, spec: PodSpec): FieldError[] {
  const { name = '', image = '' } = container;
  return [
    ...(name === '' ? [requiredField(`${path}.name`)] : invalidFor(`${path}.name`, name, dns1123LabelErrors(name))),
    ...(image === '' ? [requiredField(`${path}.image`)] : []),
    ...checkChoice(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'File',
      'FallbackToLogsOnError',
    ]),
    ...checkContainerPorts(`${path}.ports`, container.ports),
    ...checkEnv(`${path}.env`, container.env),
    ...checkEnvFrom(`${path}.envFrom`, container.envFrom),
    ...checkMounts(`${path}.volumeMounts`, container, soundVolumes(spec.volumes)),
    ...checkDevices(`${path}.volumeDevices`, container, soundVolumes(spec.volumes)),
    ...checkChoice(`${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...checkResources(`${path}.resources`, container.resources, claimNamesOf(spec)),
    ...checkResizePolicies(`${path}.resizePolicy`, container.resizePolicy, spec.restartPolicy),
    ...checkContainerSecurity(`${path}.securityContext`, container.securityContext, spec),
  ];
}

const claimNamesOf = ({ resourceClaims = [] }: PodSpec) =>
  resourceClaims.map(({ name }) => name).filter((name) => name !== '');

function checkContainerPorts(path: string, ports: Ports = []): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${path}[${index}]`;
    const { name = '', containerPort, hostPort } = port;
    const errors: FieldError[] = [];
    if (name !== '') {
      const faults = invalidFor(`${at}.name`, name, portNameErrors(name));
      if (faults.length === 0 && names.has(name)) errors.push(duplicateField(`${at}.name`, name));
      errors.push(...faults);
      names.add(name);
    }
    if (containerPort === 0) errors.push(requiredField(`${at}.containerPort`));
    else errors.push(...checkPort(`${at}.containerPort`, containerPort));
    if (hostPort !== undefined) errors.push(...checkPort(`${at}.hostPort`, hostPort));
    return [...errors, ...checkChoice(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])];
  });
}

function checkHostPorts(path: string, containers: readonly Container[]): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, index) =>
    (container.ports ?? []).flatMap(({ protocol, hostIP = '', hostPort }, item) => {
      if (hostPort === undefined) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicateField(`${path}[${index}].ports[${item}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

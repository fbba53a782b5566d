import { type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { configKeyErrors, dns1123SubdomainErrors, envNameErrors, qualifiedNameErrors } from '@croft/api/names';
import type { Container, EnvVar } from '@croft/api/types';
import { invalidFor } from '../check.ts';

type Source = NonNullable<EnvVar['valueFrom']>;
type EnvFrom = NonNullable<Container['envFrom']>[number];

export function checkEnv(path: string, variables: readonly EnvVar[] = []): FieldError[] {
  return variables.flatMap((variable, index) => {
    const at = `${path}[${index}]`;
    const name = variable.name ?? '';
    return [
      ...(name === '' ? [requiredField(`${at}.name`)] : invalidFor(`${at}.name`, name, envNameErrors(name))),
      ...checkValueFrom(`${at}.valueFrom`, variable),
    ];
  });
}

function checkValueFrom(path: string, { value, valueFrom }: EnvVar): FieldError[] {
  if (valueFrom === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  const fileKeyRef = (valueFrom as Source & { fileKeyRef?: unknown }).fileKeyRef;
  const errors: FieldError[] = [];
  if (fieldRef !== undefined) errors.push(...checkFieldRef(`${path}.fieldRef`, fieldRef, envFieldPaths));
  if (resourceFieldRef !== undefined) {
    errors.push(...checkResourceFieldRef(`${path}.resourceFieldRef`, resourceFieldRef, false));
  }
  if (configMapKeyRef !== undefined) errors.push(...checkKeyRef(`${path}.configMapKeyRef`, configMapKeyRef));
  if (secretKeyRef !== undefined) errors.push(...checkKeyRef(`${path}.secretKeyRef`, secretKeyRef));
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(
    (source) => source !== undefined,
  ).length;
  if (sources === 0) {
    const options = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalidField(path, '', `must specify one of: ${options}`));
  } else if (value !== undefined && value !== '') {
    errors.push(invalidField(path, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) {
    errors.push(invalidField(path, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export const volumeFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

/** A reference to a field of the pod itself, for variables and files. */
export function checkFieldRef(
  path: string,
  ref: { apiVersion?: string; fieldPath: string },
  supported: readonly string[],
): FieldError[] {
  if (ref.apiVersion === undefined || ref.apiVersion === '') return [requiredField(`${path}.apiVersion`)];
  if (ref.fieldPath === '') return [requiredField(`${path}.fieldPath`)];
  const subscript = /^(.+)\['([^']*)'\]$/.exec(ref.fieldPath);
  if (subscript !== null) {
    const [, base = '', key = ''] = subscript;
    if (base === 'metadata.annotations') return invalidFor(path, key, qualifiedNameErrors(key.toLowerCase()));
    if (base === 'metadata.labels') return invalidFor(path, key, qualifiedNameErrors(key));
    return [invalidField(path, base, 'does not support subscript')];
  }
  if (supported.includes(ref.fieldPath)) return [];
  if (!knownFieldPaths.has(ref.fieldPath)) {
    const reason = `error converting fieldPath: field label not supported: ${ref.fieldPath}`;
    return [invalidField(`${path}.fieldPath`, ref.fieldPath, reason)];
  }
  return [unsupportedField(`${path}.fieldPath`, ref.fieldPath, supported)];
}

const knownFieldPaths = new Set([
  ...envFieldPaths,
  ...volumeFieldPaths,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

const resourcePaths = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const byteDivisors = ['1', ...['k', 'M', 'G', 'T', 'P', 'E'].flatMap((unit) => [`1${unit}`])].concat(
  ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((unit) => `1${unit}`),
);

export function checkResourceFieldRef(
  path: string,
  ref: { containerName?: string; resource: string; divisor?: string },
  inVolume: boolean,
): FieldError[] {
  const { resource, containerName = '', divisor = '0' } = ref;
  const errors: FieldError[] = [];
  if (inVolume && containerName === '') errors.push(requiredField(`${path}.containerName`));
  else if (resource === '') errors.push(requiredField(`${path}.resource`));
  else if (!resourcePaths.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource)) {
    errors.push(unsupportedField(`${path}.resource`, resource, resourcePaths));
  }
  if (divisor === '0') return errors;
  const name = resource.replace(/^(limits|requests)\./, '');
  const allowed = name === 'cpu' ? ['1m', '1'] : byteDivisors;
  if (!resourcePaths.includes(resource) || allowed.includes(divisor)) return errors;
  const called = name === 'ephemeral-storage' ? 'local ephemeral storage' : name;
  const listed = name === 'cpu' ? '1m and 1' : allowed.join(', ');
  const rule = `only divisor's values ${listed} are supported with the ${called} resource`;
  return [...errors, invalidField(`${path}.divisor`, resource, rule)];
}

function checkKeyRef(path: string, { name = '', key }: { name?: string; key: string }): FieldError[] {
  return [
    ...invalidFor(`${path}.name`, name, dns1123SubdomainErrors(name)),
    ...(key === '' ? [requiredField(`${path}.key`)] : invalidFor(`${path}.key`, key, configKeyErrors(key))),
  ];
}

export function checkEnvFrom(path: string, sources: readonly EnvFrom[] = []): FieldError[] {
  return sources.flatMap((source, index) => {
    const at = `${path}[${index}]`;
    const { prefix = '', configMapRef, secretRef } = source;
    const errors = prefix === '' ? [] : invalidFor(`${at}.prefix`, prefix, envNameErrors(prefix));
    if (configMapRef !== undefined) errors.push(...checkSourceName(`${at}.configMapRef.name`, configMapRef.name));
    if (secretRef !== undefined) errors.push(...checkSourceName(`${at}.secretRef.name`, secretRef.name));
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalidField(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalidField(path, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });
}

function checkSourceName(path: string, name = ''): FieldError[] {
  return name === '' ? [requiredField(path)] : invalidFor(path, name, dns1123SubdomainErrors(name));
}

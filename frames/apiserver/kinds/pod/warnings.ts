import { quoteGo } from '@croft/api/go-quote';
import { dns1123LabelErrors } from '@croft/api/names';
import { formatQuantity, parseQuantity } from '@croft/api/quantity';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';

const renamedLabels: Readonly<Record<string, [since: string, instead: string]>> = {
  'beta.kubernetes.io/arch': ['v1.14', 'kubernetes.io/arch'],
  'beta.kubernetes.io/os': ['v1.14', 'kubernetes.io/os'],
  'failure-domain.beta.kubernetes.io/region': ['v1.17', 'topology.kubernetes.io/region'],
  'failure-domain.beta.kubernetes.io/zone': ['v1.17', 'topology.kubernetes.io/zone'],
  'beta.kubernetes.io/instance-type': ['v1.17', 'node.kubernetes.io/instance-type'],
};

/** What is allowed in a pod but will not do what its author may think (Kubernetes pkg/api/pod/warnings.go). */
export function podWarnings(pod: Pod): string[] {
  return [
    ...hostNameWarnings(pod.metadata?.name ?? '', "the Pod's hostname"),
    ...specWarnings('spec', pod.spec ?? { containers: [] }),
    ...annotationWarnings('metadata', pod),
  ];
}

/** Of a new or changed template: what nobody touched was told of before. */
export function changedTemplateWarnings(
  path: string,
  template: PodTemplateSpec | undefined,
  old: PodTemplateSpec | undefined,
): string[] {
  return old !== undefined && jsonEqual(template, old) ? [] : templateWarnings(path, template);
}

/** A name that pods and their hosts will carry. */
export function hostNameWarnings(name: string, where = 'Pod names and hostnames'): string[] {
  const faults = dns1123LabelErrors(name);
  if (faults.length === 0) return [];
  return [
    `metadata.name: this is used in ${where}, which can result in surprising behavior; a DNS label is recommended: [${faults.join(' ')}]`,
  ];
}

export function templateWarnings(path: string, template: PodTemplateSpec | undefined): string[] {
  if (template === undefined) return [];
  const spec = template.spec ?? { containers: [] };
  return [...specWarnings(`${path}.spec`, spec), ...annotationWarnings(`${path}.metadata`, template)];
}

function specWarnings(path: string, spec: PodSpec): string[] {
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((key) => {
      const renamed = renamedLabels[key];
      if (renamed === undefined) return [];
      return [`${path}.nodeSelector[${key}]: deprecated since ${renamed[0]}; use ${quoteGo(renamed[1])} instead`];
    }),
    ...spreadWarnings(path, spec),
    ...hostAliasWarnings(path, spec),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) => {
      const at = `${path}.imagePullSecrets[${index}]`;
      return (name ?? '') === '' ? [`${at}: invalid empty name ${quoteGo('')}`] : [];
    }),
    ...volumeWarnings(path, spec),
    ...containerWarnings(path, spec),
    ...portWarnings(path, spec),
    ...(spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0
      ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
  ];
}

function spreadWarnings(path: string, spec: PodSpec): string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    const renamed = renamedLabels[topologyKey];
    return [
      ...(renamed === undefined
        ? []
        : [`${at}.topologyKey: ${topologyKey} is deprecated since ${renamed[0]}; use ${quoteGo(renamed[1])} instead`]),
      ...(labelSelector === undefined ? [`${at}.labelSelector: a null labelSelector results in matching no pod`] : []),
    ];
  });
}

function hostAliasWarnings(path: string, spec: PodSpec): string[] {
  const seen = new Map<string, number>();
  return (spec.hostAliases ?? []).flatMap(({ ip }, index) => {
    const first = seen.get(ip ?? '');
    seen.set(ip ?? '', first ?? index);
    if (first === undefined) return [];
    return [`${path}.hostAliases[${index}].ip: duplicate ip ${quoteGo(ip ?? '')}`];
  });
}

const removedVolumes: readonly [keyof NonNullable<PodSpec['volumes']>[number], string][] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function volumeWarnings(path: string, spec: PodSpec): string[] {
  return (spec.volumes ?? []).flatMap((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    const removed = removedVolumes.filter(([name]) => volume[name] !== undefined);
    return removed.map(([name, since]) => `${at}.${name}: ${since}`);
  });
}

function containersOf(path: string, spec: PodSpec): [string, Container][] {
  return (['initContainers', 'containers'] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, index): [string, Container] => [`${path}.${field}[${index}]`, container]),
  );
}

function containerWarnings(path: string, spec: PodSpec): string[] {
  return containersOf(path, spec).flatMap(([at, container]) => [
    ...amountWarnings(`${at}.resources`, container.resources),
    ...envWarnings(`${at}.env`, container.env),
  ]);
}

/** Memory and storage come in whole bytes. */
function amountWarnings(path: string, resources: Container['resources']): string[] {
  return (['requests', 'limits'] as const).flatMap((kind) =>
    (['memory', 'ephemeral-storage'] as const).flatMap((name) => {
      const amount = (resources?.[kind] as Record<string, string> | undefined)?.[name];
      return fractionWarnings(`${path}.${kind}[${name}]`, amount);
    }),
  );
}

export function fractionWarnings(path: string, amount: string | undefined): string[] {
  if (amount === undefined) return [];
  const quantity = parseQuantity(amount);
  if (quantity.nano % 1_000_000_000n === 0n) return [];
  return [`${path}: fractional byte value ${quoteGo(formatQuantity(quantity))} is invalid, must be an integer`];
}

function envWarnings(path: string, env: Container['env'] = []): string[] {
  const last = new Map<string, string | undefined>();
  return env.flatMap(({ name, value }, index) => {
    const hidden = last.has(name);
    const before = last.get(name);
    last.set(name, value ?? '');
    const usesItself = value?.includes(`$(${name})`) ?? false;
    if (!hidden || before === undefined || usesItself) return [];
    return [`${path}[${index}]: hides previous definition of ${quoteGo(name)}, which may be dropped when using apply`];
  });
}

/** Ports that two containers, or one container twice, say they listen on. */
function portWarnings(path: string, spec: PodSpec): string[] {
  const seen = new Map<string, string>();
  const twice: string[] = [];
  const containers = containersOf(path, spec).filter(
    ([at, one]) => at.startsWith(`${path}.containers`) || one.restartPolicy === 'Always',
  );
  for (const [at, container] of containers) {
    (container.ports ?? []).forEach((port, index) => {
      const where = `${at}.ports[${index}]`;
      const key = `${port.protocol}/${port.containerPort}/${port.hostIP ?? ''}/${port.hostPort ?? ''}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, where);
      else twice.push(`${where}: duplicate port definition with ${first}`);
    });
  }
  return twice;
}

const apparmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';

function annotationWarnings(path: string, object: Pick<PodTemplateSpec, 'metadata' | 'spec'>): string[] {
  const annotations = Object.keys(object.metadata?.annotations ?? {}).sort();
  return annotations.flatMap((key) => {
    const at = `${path}.annotations[${key}]`;
    if (key.startsWith(apparmorPrefix)) {
      return [`${at}: deprecated since v1.30; use the "appArmorProfile" field instead`];
    }
    if (key === seccompPod || key.startsWith(seccompContainer)) {
      return [`${at}: non-functional in v1.27+; use the "seccompProfile" field instead`];
    }
    return [];
  });
}

import { quoteGo } from '@croft/api/go-quote';
import { dns1123LabelErrors, labelValueErrors } from '@croft/api/names';
import type { KubeObject } from '@croft/api/object';
import { formatQuantity, parseQuantity } from '@croft/api/quantity';
import type { Container, PersistentVolumeClaim, Pod, PodSpec, PodTemplateSpec } from '@croft/api/types';
import { duplicates, sortedMap } from '../check.ts';
import { overlapWarnings } from './overlap-warnings.ts';
import { appArmorPrefix, seccompPod, seccompPrefix } from './validate-pod-annotations.ts';

const renamedLabels: Readonly<Record<string, [since: string, instead: string]>> = {
  'beta.kubernetes.io/arch': ['v1.14', 'kubernetes.io/arch'],
  'beta.kubernetes.io/os': ['v1.14', 'kubernetes.io/os'],
  'failure-domain.beta.kubernetes.io/region': ['v1.17', 'topology.kubernetes.io/region'],
  'failure-domain.beta.kubernetes.io/zone': ['v1.17', 'topology.kubernetes.io/zone'],
  'beta.kubernetes.io/instance-type': ['v1.17', 'node.kubernetes.io/instance-type'],
};

/** What is allowed in a pod but will not do what its author may think (Kubernetes pkg/api/pod/warnings.go). */
export function podWarnings(pod: Pod): string[] {
  const spec = pod.spec ?? { containers: [] };
  return [
    ...appArmorWarnings('metadata', pod.metadata?.annotations, spec),
    ...hostNameWarnings(pod.metadata?.name ?? '', "the Pod's hostname"),
    ...specWarnings('', pod.metadata?.annotations, spec),
  ];
}

/** Of a new or changed object: what nobody touched was told of before. */
export function changedTemplateWarnings(
  path: string,
  template: PodTemplateSpec | undefined,
  object: KubeObject,
  old: KubeObject | undefined,
): string[] {
  const same = old !== undefined && object.metadata?.generation === old.metadata?.generation;
  return same ? [] : templateWarnings(path, template);
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
  return specWarnings(`${path}.`, template.metadata?.annotations, template.spec ?? { containers: [] });
}

type Annotations = Readonly<Record<string, string>> | undefined;

/** `prefix` is empty for a pod, and the way to the template with a dot behind it for others. */
function specWarnings(prefix: string, annotations: Annotations, spec: PodSpec): string[] {
  const path = `${prefix}spec`;
  const metadata = `${prefix}metadata`;
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  return [
    ...Object.keys(sortedMap(spec.nodeSelector ?? {})).flatMap((key) => {
      const renamed = renamedLabel(key);
      return renamed === undefined ? [] : [`${path}.nodeSelector[${key}]: ${renamed}`];
    }),
    ...nodeAffinityWarnings(`${path}.affinity.nodeAffinity`, spec.affinity?.nodeAffinity),
    ...spreadWarnings(path, spec),
    ...deprecatedAnnotations
      .filter(([key]) => annotations?.[key] !== undefined)
      .map(([key, why]) => `${metadata}.annotations[${key}]: ${why}`),
    ...volumeWarnings(path, spec),
    ...overlapWarnings(spec.volumes),
    ...hostAliasWarnings(path, spec),
    ...pullSecretWarnings(path, spec),
    ...(['memory', 'ephemeral-storage'] as const).flatMap((name) =>
      fractionWarnings(`${path}.overhead[${name}]`, (spec.overhead as Record<string, string> | undefined)?.[name]),
    ),
    ...seccompWarnings(metadata, annotations, seccompPod, spec.securityContext?.seccompProfile),
    ...containerWarnings(prefix, annotations, spec),
    ...portWarnings(path, spec),
    ...(grace < 0
      ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(`${path}.affinity`, spec),
  ];
}

const deprecatedAnnotations = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
] as const;

/** What to say of a node's label by its old name; undefined for others. */
export function renamedLabel(key: string): string | undefined {
  const renamed = renamedLabels[key];
  return renamed === undefined ? undefined : `deprecated since ${renamed[0]}; use ${quoteGo(renamed[1])} instead`;
}

type NodeAffinity = NonNullable<PodSpec['affinity']>['nodeAffinity'];
type NodeTerm = NonNullable<
  NonNullable<NodeAffinity>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];

function nodeAffinityWarnings(path: string, affinity: NodeAffinity): string[] {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const [must, may] = [requiredTerms, preferredTerms];
  return [
    ...required.flatMap((term, index) => nodeTermWarnings(`${path}.${must}.nodeSelectorTerms[${index}]`, term, false)),
    ...preferred.flatMap(({ preference }, index) =>
      nodeTermWarnings(`${path}.${may}[${index}].preference`, preference, true),
    ),
  ];
}

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Labels of nodes by their old names, and values that no label can have where these are not refused. */
export function nodeTermWarnings(path: string, term: NodeTerm, tellsValues: boolean): string[] {
  return (term.matchExpressions ?? []).flatMap(({ key, values = [] }, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    const renamed = renamedLabel(key);
    const bad = values.flatMap((value, item) =>
      labelValueErrors(value).map((why) => `${at}.values[${item}]: ${value} is ${why}`),
    );
    return [...(renamed === undefined ? [] : [`${at}.key: ${key} is ${renamed}`]), ...(tellsValues ? bad : [])];
  });
}

function spreadWarnings(path: string, spec: PodSpec): string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    const renamed = renamedLabel(topologyKey);
    return [
      ...(renamed === undefined ? [] : [`${at}.topologyKey: ${topologyKey} is ${renamed}`]),
      ...selectorWarnings(at, labelSelector),
    ];
  });
}

function selectorWarnings(path: string, selector: unknown): string[] {
  return selector === undefined ? [`${path}.labelSelector: a null labelSelector results in matching no pod`] : [];
}

function podAffinityWarnings(path: string, { affinity }: PodSpec): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((side) => {
    const at = `${path}.${side}`;
    const terms = affinity?.[side];
    return [
      ...(terms?.[requiredTerms] ?? []).flatMap(({ labelSelector }, index) =>
        selectorWarnings(`${at}.${requiredTerms}[${index}]`, labelSelector),
      ),
      ...(terms?.[preferredTerms] ?? []).flatMap(({ podAffinityTerm }, index) =>
        selectorWarnings(`${at}.${preferredTerms}[${index}].podAffinityTerm`, podAffinityTerm?.labelSelector),
      ),
    ];
  });
}

function hostAliasWarnings(path: string, spec: PodSpec): string[] {
  return duplicates(spec.hostAliases ?? [], ({ ip }) => ip ?? '').map(
    ([index, { ip }]) => `${path}.hostAliases[${index}].ip: duplicate ip ${quoteGo(ip ?? '')}`,
  );
}

function pullSecretWarnings(path: string, { imagePullSecrets: secrets = [] }: PodSpec): string[] {
  const at = (index: number) => `${path}.imagePullSecrets[${index}].name`;
  return [
    ...duplicates(secrets, ({ name }) => name ?? '').map(
      ([index, { name }]) => `${at(index)}: duplicate name ${quoteGo(name ?? '')}`,
    ),
    ...secrets.flatMap(({ name }, index) => ((name ?? '') === '' ? [`${at(index)}: invalid empty name ""`] : [])),
  ];
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
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
    return [
      ...removed.map(([name, since]) => `${at}.${name === 'storageos' ? 'storageOS' : name}: ${since}`),
      ...claimWarnings(`${at}.ephemeral.volumeClaimTemplate.spec`, claim),
    ];
  });
}

/** The size of a claim comes in whole bytes. */
export function claimWarnings(path: string, spec: PersistentVolumeClaim['spec']): string[] {
  return (['requests', 'limits'] as const).flatMap((kind) =>
    fractionWarnings(`${path}.resources.${kind}[storage]`, spec?.resources?.[kind]?.storage as string | undefined),
  );
}

function containersOf(path: string, spec: PodSpec): [string, Container][] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, index): [string, Container] => [`${path}.${field}[${index}]`, container]),
  );
}

function containerWarnings(prefix: string, annotations: Annotations, spec: PodSpec): string[] {
  return containersOf(`${prefix}spec`, spec).flatMap(([at, container]) => [
    ...seccompWarnings(
      `${prefix}metadata`,
      annotations,
      seccompPrefix + container.name,
      container.securityContext?.seccompProfile,
    ),
    ...(prefix === '' ? [] : appArmorWarning(`${prefix}metadata`, annotations, spec, container)),
    ...amountWarnings(`${at}.resources`, container.resources),
    ...envWarnings(`${at}.env`, container.env),
  ]);
}

function seccompWarnings(path: string, annotations: Annotations, key: string, profile: unknown): string[] {
  if (annotations?.[key] === undefined || profile !== undefined) return [];
  return [`${path}.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`];
}

function appArmorWarnings(path: string, annotations: Annotations, spec: PodSpec): string[] {
  return containersOf('', spec).flatMap(([, container]) => appArmorWarning(path, annotations, spec, container));
}

function appArmorWarning(path: string, annotations: Annotations, spec: PodSpec, container: Container): string[] {
  const key = appArmorPrefix + container.name;
  const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
  if (annotations?.[key] === undefined || profile !== undefined) return [];
  return [`${path}.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`];
}

/** Memory and storage come in whole bytes. */
function amountWarnings(path: string, resources: Container['resources']): string[] {
  return (['memory', 'ephemeral-storage'] as const).flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((kind) => {
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
  const seen = new Set<string>();
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    const hides = seen.has(name);
    seen.add(name);
    const itself = `$(${name})`;
    const extended = valueFrom === undefined && value !== itself && value.includes(itself);
    if (!hides || extended) return [];
    return [`${path}[${index}]: hides previous definition of ${quoteGo(name)}, which may be dropped when using apply`];
  });
}

/** Ports that two containers, or one container twice, say they listen on. */
function portWarnings(path: string, spec: PodSpec): string[] {
  const seen = new Map<string, [where: string, port: Port][]>();
  return containersOf(path, spec).flatMap(([at, { ports = [] }]) =>
    ports.flatMap((port, index) => {
      const where = `${at}.ports[${index}]`;
      const key = `${port.containerPort}/${port.protocol}`;
      const others = seen.get(key) ?? [];
      seen.set(key, [...others, [where, port]]);
      const lonely = port.hostIP && port.hostPort === undefined;
      return [
        ...(lonely ? [`${where}: hostIP set without hostPort: ${printPort(port)}`] : []),
        ...others.flatMap(([first, other]) => {
          const clash = clashOf(port, other);
          return clash === undefined ? [] : [`${where}: ${clash} port definition with ${first}`];
        }),
      ];
    }),
  );
}

type Port = NonNullable<Container['ports']>[number];

function clashOf(port: Port, other: Port): string | undefined {
  const [ownIp, otherIp] = [port.hostIP ?? '', other.hostIP ?? ''];
  if (ownIp === otherIp && port.hostPort === other.hostPort) return 'duplicate';
  if (port.hostPort === undefined || other.hostPort === undefined) return 'overlapping';
  const oneOpen = (ownIp === '') !== (otherIp === '');
  return port.hostPort === other.hostPort && oneOpen ? 'dangerously ambiguous' : undefined;
}

/** As Go prints the struct with `%+v`. */
function printPort({ name = '', hostPort = 0, containerPort, protocol = '', hostIP = '' }: Port): string {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}

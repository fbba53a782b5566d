import { type FieldError, invalidField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import type { PodSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { forbidden } from '../../failures.ts';
import type { Lookup } from '../../kind-rules.ts';
import { baselineChecks } from './baseline.ts';
import { type Check, containersOf } from './check.ts';
import { restrictedChecks } from './restricted.ts';

// The PodSecurity plugin: labels of a namespace say which of the Pod Security Standards its pods keep to.

const prefix = 'pod-security.kubernetes.io/';
const levels = ['privileged', 'baseline', 'restricted'];
const modes = ['enforce', 'audit', 'warn'] as const;
const latest = 36;

type Labels = Readonly<Record<string, string>>;
type PodLike = KubeObject & { spec?: PodSpec };

interface Standard {
  readonly level: string;
  readonly version: string;
}

/** What is refused; a label that says nothing known counts as the strictest. */
function enforced(labels: Labels): Standard {
  const level = labels[`${prefix}enforce`] ?? 'privileged';
  return { level: levels.includes(level) ? level : 'restricted', version: versionOf(labels, 'enforce') };
}

/** What is warned of: at least what is refused, unless the namespace says otherwise. */
function warned(labels: Labels): Standard {
  const level = labels[`${prefix}warn`];
  if (level !== undefined) {
    return { level: levels.includes(level) ? level : 'privileged', version: versionOf(labels, 'warn') };
  }
  const refused = enforced(labels);
  if (!levels.includes(labels[`${prefix}enforce`] ?? '')) return { level: 'privileged', version: 'latest' };
  return labels[`${prefix}warn-version`] === undefined
    ? refused
    : { level: refused.level, version: versionOf(labels, 'warn') };
}

const versionPattern = /^(latest|v1\.(0|[1-9]\d*))$/;

function versionOf(labels: Labels, mode: (typeof modes)[number]): string {
  const version = labels[`${prefix}${mode}-version`] ?? 'latest';
  return versionPattern.test(version) ? version : 'latest';
}

function checksOf(level: string, version: number): readonly Check[] {
  if (level === 'restricted') return restrictedChecks(version);
  return level === 'baseline' ? Object.values(baselineChecks) : [];
}

/** All that is wrong, each as `reason (details)`. */
function violations({ level, version }: Standard, { metadata, spec }: PodLike): string[] {
  if (spec === undefined) return [];
  const minor = version === 'latest' ? latest : Math.min(Number(version.slice('v1.'.length)), latest);
  const subject = { spec, annotations: metadata?.annotations ?? {}, version: minor };
  return checksOf(level, minor).flatMap((rule) => rule(subject) || []);
}

/** `violate PodSecurity "restricted:latest": ...`; undefined where all is well. */
function violation(standard: Standard, pod: PodLike): string | undefined {
  const found = violations(standard, pod);
  return found.length === 0 ? undefined : `violate PodSecurity "${nameOf(standard)}": ${found.join(', ')}`;
}

const nameOf = ({ level, version }: Standard) => `${level}:${version}`;

function labelsOf(object: KubeObject, lookup: Lookup): Labels {
  return lookup.find('namespaces', undefined, object.metadata?.namespace ?? '')?.metadata?.labels ?? {};
}

/** Refuses a pod that its namespace does not allow; the texts are warnings. */
export function reviewPod(pod: PodLike, old: PodLike | undefined, lookup: Lookup): string[] {
  if (old !== undefined && jsonEqual(imagesOf(pod), imagesOf(old))) return [];
  const why = violation(enforced(labelsOf(pod, lookup)), pod);
  if (why === undefined) return reviewTemplate(pod, pod, lookup);
  throw forbidden({ group: '', plural: 'pods' }, pod.metadata?.name ?? '', why.replace('violate', 'violates'));
}

/** Nothing else that the checks look at changes in a pod. */
const imagesOf = ({ spec }: PodLike) =>
  spec === undefined ? [] : containersOf(spec).map(({ name, image = '' }) => [name, image]);

/** Those that make pods are only warned. */
export function reviewTemplate(object: KubeObject, template: PodLike | undefined, lookup: Lookup): string[] {
  const why = template && violation(warned(labelsOf(object, lookup)), template);
  return why === undefined ? [] : [`would ${why}`];
}

/** Warns of pods that a namespace would no longer let in. */
export function reviewNamespace(namespace: KubeObject, old: KubeObject | undefined, lookup: Lookup): string[] {
  const [now, before] = [namespace, old].map((one) => enforced(one?.metadata?.labels ?? {}));
  if (old === undefined || now === undefined || before === undefined) return [];
  const laxer = levels.indexOf(now.level) <= levels.indexOf(before.level);
  if (now.level === 'privileged' || (now.version === before.version && laxer)) return [];
  const name = namespace.metadata?.name ?? '';
  const byFault = Map.groupBy(lookup.list('pods', name), (pod) =>
    violations(now, pod)
      .map((text) => text.replace(/ \(.*/s, ''))
      .join(', '),
  );
  byFault.delete('');
  if (byFault.size === 0) return [];
  const told = [...byFault].map(([fault, pods]) => `${firstOf(pods)}: ${fault}`);
  return [
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level "${nameOf(now)}"`,
    ...told.sort(),
  ];
}

function firstOf(pods: readonly KubeObject[]): string {
  const first = pods.map(({ metadata }) => metadata?.name ?? '').sort()[0];
  if (pods.length === 1) return `${first}`;
  return `${first} (and ${pods.length - 1} other ${pods.length === 2 ? 'pod' : 'pods'})`;
}

/** The labels by which a namespace chooses. */
export function standardErrors(labels: Labels = {}): FieldError[] {
  const check = (name: string, holds: (value: string) => boolean, why: string) => {
    const value = labels[prefix + name];
    return value === undefined || holds(value) ? [] : [invalidField(`metadata.labels[${prefix}${name}]`, value, why)];
  };
  return modes.flatMap((mode) => [
    ...check(mode, (level) => levels.includes(level), `must be one of ${levels.join(', ')}`),
    ...check(`${mode}-version`, (version) => versionPattern.test(version), 'must be "latest" or "v1.x"'),
  ]);
}

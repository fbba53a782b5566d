import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import { rangeError } from '@croft/api/names';
import type { Container, Pod, PodSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { internalForm } from '../internal-form.ts';
import { diffValues } from '../line-diff.ts';
import { checkImageBlanks } from './validate-container.ts';
import { appArmorPrefix } from './validate-pod-annotations.ts';
import { checkTolerations } from './validate-scheduling.ts';

/** What an update of a pod may not do: all but images, deadline, tolerations and scheduling gates stays. */
export function checkPodChange(pod: Pod, old: Pod): FieldError[] {
  const now = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const counts = [
    ...checkContainerCount('spec.containers', now.containers ?? [], before.containers ?? []),
    ...checkContainerCount('spec.initContainers', now.initContainers ?? [], before.initContainers ?? []),
  ];
  const marks = checkAnnotationsKept(pod, old);
  if (counts.length > 0) return [...marks, ...counts];
  const images = [
    ...checkImages('spec.containers', now.containers ?? []),
    ...checkImages('spec.initContainers', now.initContainers),
  ];
  const { faults, ends } = checkDeadline(now, before);
  if (ends) return [...marks, ...images, ...faults];
  return [
    ...marks,
    ...images,
    ...faults,
    ...checkAddedTolerations(now, before),
    ...checkGates(now, before),
    ...((before.schedulingGates?.length ?? 0) > 0 ? checkPlacement(now, before) : []),
    ...checkRest(now, before),
  ];
}

/** What a pod is told by these annotations is settled when it is made. */
function checkAnnotationsKept(pod: Pod, old: Pod): FieldError[] {
  const [now, before] = [pod.metadata?.annotations ?? {}, old.metadata?.annotations ?? {}];
  const fixed = (key: string) => key === mirror || key.startsWith(appArmorPrefix);
  const what = (key: string) => (key === mirror ? 'mirror pod annotation' : 'AppArmor annotations');
  const changed = Object.keys(before).filter((key) => fixed(key) && now[key] !== before[key]);
  const added = Object.keys(now).filter((key) => fixed(key) && before[key] === undefined);
  const at = (key: string) => `metadata.annotations[${key}]`;
  return [
    ...changed.map((key) => forbiddenField(at(key), `may not remove or update ${what(key)}`)),
    ...added.map((key) => forbiddenField(at(key), `may not add ${what(key)}`)),
  ];
}

const mirror = 'kubernetes.io/config.mirror';

function checkContainerCount(path: string, now: readonly Container[], before: readonly Container[]) {
  return now.length === before.length ? [] : [forbiddenField(path, 'pod updates may not add or remove containers')];
}

function checkImages(path: string, containers: readonly Container[] = []): FieldError[] {
  return containers.flatMap((container, index) => checkImageBlanks(`${path}[${index}]`, container));
}

const maxSeconds = 2 ** 31 - 1;

/** A deadline may come, and come nearer. `ends` where Kubernetes looks no further. */
function checkDeadline(now: PodSpec, before: PodSpec): { faults: FieldError[]; ends: boolean } {
  const path = 'spec.activeDeadlineSeconds';
  const [next, last] = [now.activeDeadlineSeconds, before.activeDeadlineSeconds];
  const refuse = (rule: string) => invalidField(path, next ?? null, rule);
  if (next === undefined) {
    const gone = 'must not update from a positive integer to nil value';
    return { faults: last === undefined ? [] : [refuse(gone)], ends: false };
  }
  if (next < 0 || next > maxSeconds) return { faults: [refuse(rangeError(0, maxSeconds))], ends: true };
  if (last === undefined || next <= last) return { faults: [], ends: false };
  return { faults: [refuse('must be less than or equal to previous value')], ends: true };
}

function checkGates(now: PodSpec, before: PodSpec): FieldError[] {
  const known = new Set((before.schedulingGates ?? []).map((gate) => gate.name));
  return (now.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (known.has(name)) return [];
    const rule = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbiddenField(`spec.schedulingGates[${index}].name`, rule)];
  });
}

function checkAddedTolerations(now: PodSpec, before: PodSpec): FieldError[] {
  const path = 'spec.tolerations';
  const kept = (before.tolerations ?? []).every((old) =>
    (now.tolerations ?? []).some((toleration) =>
      jsonEqual({ ...old, tolerationSeconds: 0 }, { ...toleration, tolerationSeconds: 0 }),
    ),
  );
  if (!kept) return [forbiddenField(path, 'existing toleration can not be modified except its tolerationSeconds')];
  return checkTolerations(path, now.tolerations);
}

const mayChange =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function checkRest(now: PodSpec, before: PodSpec): FieldError[] {
  const comparable = withoutChangeable(now, before);
  if (jsonEqual(comparable, before)) return [];
  const diff = diffValues(internalForm('core.v1.PodSpec', before), internalForm('core.v1.PodSpec', comparable));
  return [forbiddenField('spec', `${mayChange}\n${diff}`)];
}

/** A pod that is held back may still be told more of where to go, but not less. */
function checkPlacement(now: PodSpec, before: PodSpec): FieldError[] {
  const wanted = now.nodeSelector ?? {};
  const kept = Object.entries(before.nodeSelector ?? {}).every(([key, value]) => wanted[key] === value);
  const rule = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  const errors = kept ? [] : [invalidField('spec.nodeSelector', now.nodeSelector ?? null, rule)];
  const terms = (spec: PodSpec) => spec.affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? [];
  const [next, last] = [terms(now), terms(before)];
  const at = `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms`;
  if (last.length > 0 && last.length !== next.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    return [...errors, invalidField(at, next.length === 0 ? null : next, why)];
  }
  last.forEach((old, index) => {
    const term = next[index];
    if (onlyAdds(term, old)) return;
    errors.push(invalidField(`${at}[${index}]`, term, 'only additions are allowed (no mutations or deletions)'));
  });
  return errors;
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

interface Term {
  matchExpressions?: readonly unknown[];
  matchFields?: readonly unknown[];
}

/** Whether a term begins with what it was; one that was empty matched nothing, and has to stay so. */
function onlyAdds(term: Term | undefined, old: Term): boolean {
  const lists = (['matchExpressions', 'matchFields'] as const).map(
    (field) => [term?.[field] ?? [], old[field] ?? []] as const,
  );
  if (lists.every(([, last]) => last.length === 0)) return lists.every(([next]) => next.length === 0);
  return lists.every(([next, last]) => jsonEqual(next.slice(0, last.length), last));
}

/** The new spec with the old values where a change is allowed. */
function withoutChangeable(now: PodSpec, before: PodSpec): PodSpec {
  const spec: PodSpec = { ...now, containers: withImages(now.containers ?? [], before.containers ?? []) };
  if (now.initContainers !== undefined) spec.initContainers = withImages(now.initContainers, before.initContainers);
  const gated = (before.schedulingGates?.length ?? 0) > 0;
  const keys: (keyof PodSpec)[] = ['activeDeadlineSeconds', 'schedulingGates', 'tolerations'];
  if (gated) keys.push('nodeSelector');
  if (gated) takeNodeAffinity(spec, before);
  const grace = (before.terminationGracePeriodSeconds ?? 0) < 0 && now.terminationGracePeriodSeconds === 1;
  if (grace) keys.push('terminationGracePeriodSeconds');
  const target = spec as unknown as Record<string, unknown>;
  for (const key of keys) {
    if (before[key] === undefined) delete target[key];
    else target[key] = before[key];
  }
  return spec;
}

/** The affinity to nodes as it was; that to pods stays to be compared. */
function takeNodeAffinity(spec: PodSpec, before: PodSpec): void {
  const { nodeAffinity: _, ...rest } = spec.affinity ?? {};
  const old = before.affinity?.nodeAffinity;
  const affinity = old === undefined ? rest : { ...rest, nodeAffinity: old };
  if (Object.keys(affinity).length > 0 || before.affinity !== undefined) spec.affinity = affinity;
  else delete spec.affinity;
}

function withImages(now: readonly Container[], before: readonly Container[] = []): Container[] {
  return now.map((container, index) => {
    const image = before[index]?.image;
    return image === undefined ? container : { ...container, image };
  });
}

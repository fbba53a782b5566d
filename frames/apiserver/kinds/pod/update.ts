import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import type { Container, Pod, PodSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { internalForm } from '../internal-form.ts';
import { diffValues } from '../line-diff.ts';
import { checkImageBlanks } from './validate-container.ts';
import { checkTolerations } from './validate-scheduling.ts';

/** What an update of a pod may not do: all but images, deadline, tolerations and scheduling gates stays. */
export function checkPodChange(pod: Pod, old: Pod): FieldError[] {
  const now = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const counts = [
    ...checkContainerCount('spec.containers', now.containers ?? [], before.containers ?? []),
    ...checkContainerCount('spec.initContainers', now.initContainers ?? [], before.initContainers ?? []),
  ];
  if (counts.length > 0) return counts;
  return [
    ...checkImages('spec.containers', now.containers ?? []),
    ...checkImages('spec.initContainers', now.initContainers),
    ...checkDeadline(now, before),
    ...checkGates(now, before),
    ...checkAddedTolerations(now, before),
    ...checkRest(now, before),
  ];
}

function checkContainerCount(path: string, now: readonly Container[], before: readonly Container[]) {
  return now.length === before.length ? [] : [forbiddenField(path, 'pod updates may not add or remove containers')];
}

function checkImages(path: string, containers: readonly Container[] = []): FieldError[] {
  return containers.flatMap((container, index) => checkImageBlanks(`${path}[${index}]`, container));
}

function checkDeadline(now: PodSpec, before: PodSpec): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  const [next, last] = [now.activeDeadlineSeconds, before.activeDeadlineSeconds];
  if (last === undefined || next === last) return [];
  if (next === undefined) return [invalidField(path, null, 'must not update from a positive integer to nil value')];
  return next > last ? [invalidField(path, next, 'must be less than or equal to previous value')] : [];
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

/** The new spec with the old values where a change is allowed. */
function withoutChangeable(now: PodSpec, before: PodSpec): PodSpec {
  const spec: PodSpec = { ...now, containers: withImages(now.containers ?? [], before.containers ?? []) };
  if (now.initContainers !== undefined) spec.initContainers = withImages(now.initContainers, before.initContainers);
  const gated = (before.schedulingGates?.length ?? 0) > 0;
  const keys: (keyof PodSpec)[] = ['activeDeadlineSeconds', 'schedulingGates', 'tolerations'];
  if (gated) keys.push('nodeSelector', 'affinity');
  const grace = (before.terminationGracePeriodSeconds ?? 0) < 0 && now.terminationGracePeriodSeconds === 1;
  if (grace) keys.push('terminationGracePeriodSeconds');
  const target = spec as unknown as Record<string, unknown>;
  for (const key of keys) {
    if (before[key] === undefined) delete target[key];
    else target[key] = before[key];
  }
  return spec;
}

function withImages(now: readonly Container[], before: readonly Container[] = []): Container[] {
  return now.map((container, index) => {
    const image = before[index]?.image;
    return image === undefined ? container : { ...container, image };
  });
}

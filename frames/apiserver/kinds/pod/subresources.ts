import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import type { Container, Pod, PodSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import type { Writable } from '../define.ts';
import { qualityOf } from './quality.ts';
import { checkPodSpec } from './validate-spec.ts';

/** Takes over from the pod that stands all but what the subresource is for. */
export function keepForSubresource(subresource: string, pod: Writable<Pod>, old: Pod): void {
  const now = pod.spec;
  const before = old.spec;
  if (now === undefined || before === undefined) return;
  if (subresource === 'ephemeralcontainers') pod.spec = withEphemeral(before, now);
  if (subresource === 'resize') pod.spec = withResources(before, now);
  if (old.status !== undefined) pod.status = old.status;
}

function withEphemeral(before: PodSpec, now: PodSpec): PodSpec {
  const { ephemeralContainers: _, ...rest } = before;
  return now.ephemeralContainers === undefined ? rest : { ...rest, ephemeralContainers: now.ephemeralContainers };
}

function withResources(before: PodSpec, now: PodSpec): PodSpec {
  const containers = before.containers.map((container) => {
    const wanted = now.containers.find((one) => one.name === container.name);
    if (wanted === undefined) return container;
    const { resources, resizePolicy } = wanted;
    return {
      ...container,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    };
  });
  return { ...before, containers };
}

export function checkSubresource(subresource: string, pod: Pod, old: Pod): FieldError[] {
  const spec = pod.spec ?? { containers: [] };
  const before = old.spec ?? { containers: [] };
  const errors = checkPodSpec('spec', spec, pod.metadata?.name ?? '');
  if (subresource === 'ephemeralcontainers') return [...errors, ...checkKept(spec, before)];
  if (subresource !== 'resize' || errors.length > 0) return errors;
  return checkResize(spec, before, old.status?.qosClass);
}

function checkResize(spec: PodSpec, before: PodSpec, quality: string = qualityOf(before)): FieldError[] {
  const errors: FieldError[] = [];
  if (qualityOf(spec) !== quality) {
    errors.push(invalidField('spec', quality, 'Pod QOS Class may not change as a result of resizing'));
  }
  const pairs = spec.containers.map((container, index) => [container, before.containers[index]] as const);
  for (const [index, [now, old]] of pairs.entries()) {
    for (const kind of ['requests', 'limits'] as const) {
      const kept = Object.keys(old?.resources?.[kind] ?? {}).every(
        (name) => now.resources?.[kind]?.[name] !== undefined,
      );
      const at = `spec.containers[${index}].resources.${kind}`;
      if (!kept) errors.push(forbiddenField(at, `resource ${kind} cannot be removed`));
    }
  }
  if (pairs.every(([now, old]) => old !== undefined && jsonEqual(fixedOf(now), fixedOf(old)))) return errors;
  return [...errors, forbiddenField('spec', 'only cpu and memory resources are mutable')];
}

/** What a resize may not change of what it is given. */
function fixedOf({ resources, resizePolicy }: Container) {
  const others = (amounts: Readonly<Record<string, unknown>> = {}) =>
    Object.fromEntries(Object.entries(amounts).filter(([name]) => name !== 'cpu' && name !== 'memory'));
  const { requests, limits, claims } = resources ?? {};
  return { requests: others(requests), limits: others(limits), claims: claims ?? [], resizePolicy: resizePolicy ?? [] };
}

/** Ephemeral containers come, but do not change or go. */
function checkKept(spec: PodSpec, before: PodSpec): FieldError[] {
  return (before.ephemeralContainers ?? []).flatMap((old, index) => {
    const now = spec.ephemeralContainers?.find((one) => one.name === old.name);
    if (now === undefined) {
      const rule = `existing ephemeral containers ${JSON.stringify(old.name)} may not be removed\n`;
      return [forbiddenField('spec.ephemeralContainers', rule)];
    }
    if (jsonEqual(now, old)) return [];
    const rule = `existing ephemeral containers ${JSON.stringify(old.name)} may not be changed\n`;
    return [forbiddenField(`spec.ephemeralContainers[${index}]`, rule)];
  });
}

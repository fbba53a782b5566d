import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import type { Pod, PodSpec } from '@croft/api/types';
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
  const errors = checkPodSpec('spec', spec, true);
  if (subresource === 'ephemeralcontainers') return [...errors, ...checkKept(spec, before)];
  if (subresource !== 'resize' || errors.length > 0) return errors;
  const quality = qualityOf(before);
  if (qualityOf(spec) === quality) return [];
  return [
    invalidField('spec', old.status?.qosClass ?? quality, 'Pod QOS Class may not change as a result of resizing'),
  ];
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

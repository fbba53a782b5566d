import type { UnknownObject } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import type { LabelSelector } from '@croft/api/types';
import { isJsonObject } from '@croft/foundation/json';
import { renderSelector } from '../selector-text.ts';
import type { ServedResource } from '../served-resource.ts';

/** autoscaling/v1. */
export interface Scale extends UnknownObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

/**
 * The scale that an object has: by the fields that every built-in kind keeps it in, or as its definition says. Where the
 * object does not say how many replicas, it is `unset`; throws 500 when that is not given.
 */
export function scaleOf(served: ServedResource, object: UnknownObject, unset?: number): Scale {
  const { name = '', namespace, uid = '', resourceVersion = '', creationTimestamp = '' } = object.metadata ?? {};
  const { replicas, current, selector } =
    served.scale === undefined ? builtInScale(object) : customScale(served, object, unset);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: current, ...(selector === '' ? {} : { selector }) },
  };
}

interface ScaleFacts {
  replicas: number;
  current: number;
  selector: string;
}

function builtInScale(object: UnknownObject): ScaleFacts {
  const spec = (object.spec ?? {}) as { replicas?: number; selector?: LabelSelector | Record<string, string> };
  const status = (object.status ?? {}) as { replicas?: number };
  const plain = object.kind === 'ReplicationController';
  const selector = plain
    ? { matchLabels: (spec.selector ?? {}) as Record<string, string> }
    : ((spec.selector ?? {}) as LabelSelector);
  return { replicas: spec.replicas ?? 0, current: status.replicas ?? 0, selector: renderSelector(selector) };
}

function customScale({ scale }: ServedResource, object: UnknownObject, unset: number | undefined): ScaleFacts {
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath } = scale ?? {};
  const replicas = at(object, specReplicasPath) ?? unset;
  if (typeof replicas !== 'number') {
    const message = `the spec replicas field "${specReplicasPath}" does not exist`;
    throw new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
  }
  const current = at(object, statusReplicasPath);
  const selector = labelSelectorPath === undefined ? undefined : at(object, labelSelectorPath);
  return {
    replicas,
    current: typeof current === 'number' ? current : 0,
    selector: typeof selector === 'string' ? selector : '',
  };
}

const partsOf = (path: string): string[] => path.split('.').filter((part) => part !== '');

function at(object: unknown, path: string): unknown {
  let value = object;
  for (const part of partsOf(path)) value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

/** The object with another number of replicas. */
export function withReplicas({ scale }: ServedResource, object: UnknownObject, replicas: number): UnknownObject {
  return setAt(object, partsOf(scale?.specReplicasPath ?? '.spec.replicas'), replicas) as UnknownObject;
}

function setAt(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const object = isJsonObject(value) ? value : {};
  return { ...object, [key]: setAt(object[key], rest, leaf) };
}

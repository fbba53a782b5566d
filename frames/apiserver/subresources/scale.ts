import { invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import type { LabelSelector } from '@croft/api/types';
import { isJsonObject } from '@croft/foundation/json';
import { applyJsonPatch } from '@croft/patch/json-patch';
import { applyMergePatch } from '@croft/patch/merge-patch';
import type { Writing } from '../core.ts';
import { badRequest, methodNotAllowed, notFound } from '../failures.ts';
import { checkNameAndNamespace } from '../identity.ts';
import { ageOf, defineTable, nameOf } from '../kinds/columns.ts';
import { parseWriteOptions } from '../options.ts';
import { renderObjectAs, respondText } from '../output.ts';
import { recordOwnership } from '../ownership.ts';
import { patchTypeOf } from '../patch.ts';
import { getEntry } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../respond.ts';
import { renderSelector } from '../selector-text.ts';
import { objectOf, type ServedResource } from '../served-resource.ts';
import { updateObject } from '../update.ts';
import { formOf } from '../verbs/read.ts';
import { writingOf } from '../verbs/write.ts';
import { decodeKind, decodeValue } from './decode.ts';

interface Scale extends UnknownObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

const scaleTable = defineTable<Scale>('Name*,Desired:integer,Available:integer,Age', (scale, nowMs) => [
  nameOf(scale),
  scale.spec?.replicas ?? 0,
  scale.status?.replicas ?? 0,
  ageOf(scale, nowMs),
]);

/** GET, PUT and PATCH of `/scale`: the number of replicas of any kind that has one (autoscaling/v1 Scale). */
export async function respondScale(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, namespace, info, request } = call;
  if (request.method === 'GET') {
    return respond(call, objectOf(served, getEntry(core, served, namespace, info.name)));
  }
  if (request.method === 'PUT') {
    const writing = writingOf(call, parseWriteOptions(request, 'UpdateOptions'));
    const scale = (await decodeKind(call, 'autoscaling/v1', 'Scale')) as Scale;
    checkNameAndNamespace(writing, scale, info.name);
    return await write(call, writing, () => scale);
  }
  if (request.method !== 'PATCH') throw methodNotAllowed();
  const type = patchTypeOf(request.header('content-type'), served.custom);
  const writing = writingOf(call, parseWriteOptions(request, 'PatchOptions', type === 'apply' ? 'apply' : 'other'));
  const patch = JSON.parse((await request.readBody()).toString('utf8')) as unknown;
  if (type !== 'json' && !isJsonObject(patch)) throw badRequest('error decoding patch: it is not an object');
  return await write(call, writing, (before) => {
    const value = type === 'json' ? applyJsonPatch(before, patch) : applyMergePatch(before, patch);
    return decodeValue(value, 'autoscaling/v1', 'Scale') as Scale;
  });
}

async function write(call: ResourceCall, writing: Writing, change: (scale: Scale) => Scale): Promise<ApiResponse> {
  const { core, served, namespace, info } = call;
  if (core.store.get(getEntry(core, served, namespace, info.name).key) === undefined)
    throw notFound(served.resource, info.name);
  const written = await updateObject(writing, info.name, (old) => {
    const scale = change(scaleOf(served, old));
    const replicas = scale.spec?.replicas ?? 0;
    validateReplicas(served, info.name, replicas);
    const next = withReplicas(served, old, replicas);
    const resourceVersion = scale.metadata?.resourceVersion || (old.metadata?.resourceVersion ?? '');
    const owned = recordOwnership(writing, old, next);
    return { ...owned, metadata: { ...owned.metadata, resourceVersion, uid: scale.metadata?.uid ?? '' } };
  });
  return respond(call, JSON.parse(written.text) as UnknownObject);
}

function respond(call: ResourceCall, object: UnknownObject): ApiResponse {
  const form = formOf(call);
  const scale = JSON.stringify(scaleOf(call.served, object));
  return respondText(200, renderObjectAs(call.served, scale, form, scaleTable), form.representation);
}

function validateReplicas(served: ServedResource, name: string, replicas: number): void {
  if (replicas >= 0) return;
  if (served.scale !== undefined) {
    const { specReplicasPath } = served.scale;
    throw invalidObject(served.resource, name, [
      invalidField(specReplicasPath, replicas, 'should be a non-negative integer'),
    ]);
  }
  throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, [
    invalidField('spec.replicas', replicas, 'must be greater than or equal to 0'),
  ]);
}

function scaleOf(served: ServedResource, object: UnknownObject): Scale {
  const { name = '', namespace, uid = '', resourceVersion = '', creationTimestamp = '' } = object.metadata ?? {};
  const { replicas, current, selector } =
    served.scale === undefined ? builtInScale(object) : customScale(served, object);
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

function customScale({ scale }: ServedResource, object: UnknownObject): ScaleFacts {
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath } = scale ?? {};
  const replicas = at(object, specReplicasPath);
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

function withReplicas({ scale }: ServedResource, object: UnknownObject, replicas: number): UnknownObject {
  return setAt(object, partsOf(scale?.specReplicasPath ?? '.spec.replicas'), replicas) as UnknownObject;
}

function setAt(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const object = isJsonObject(value) ? value : {};
  return { ...object, [key]: setAt(object[key], rest, leaf) };
}

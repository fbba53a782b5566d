import { invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { applyJsonPatch } from '@croft/patch/json-patch';
import { applyMergePatch } from '@croft/patch/merge-patch';
import { applyServerSide } from '@croft/patch/server-side-apply';
import { parseConfiguration } from '../apply.ts';
import type { Writing } from '../core.ts';
import { reportFields, unknownFieldText } from '../decode.ts';
import { badRequest, internal, methodNotAllowed } from '../failures.ts';
import { checkNameAndNamespace } from '../identity.ts';
import { ageOf, defineTable, nameOf } from '../kinds/columns.ts';
import { parseWriteOptions } from '../options.ts';
import { renderObjectAs, respondText } from '../output.ts';
import { ownershipRequest, recordOwnership } from '../ownership.ts';
import { parsePatch, patchTypeOf, refusalOf } from '../patch.ts';
import { getEntry } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { objectOf, type ServedResource } from '../served-resource.ts';
import { updateObject } from '../update.ts';
import { formOf } from '../verbs/read.ts';
import { writingOf } from '../verbs/write.ts';
import { decodeKind, decodeValue } from './decode.ts';
import { type Scale, scaleOf, withReplicas } from './scale-fields.ts';

const scaleType = { apiVersion: 'autoscaling/v1', kind: 'Scale' };

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
  if (type === 'apply') return await applyScale(call, writing, await request.readBody());
  const patch = parsePatch((await request.readBody()).toString('utf8'), type);
  return await write(call, writing, (before) => {
    const value = type === 'json' ? applyJsonPatch(before, patch) : applyMergePatch(before, patch);
    const refuse = refusalOf(type, patch, value);
    const unknown: string[] = [];
    const scale = decodeValue(value, scaleType, refuse, unknown) as Scale;
    reportFields(unknown.map(unknownFieldText), writing.options.fieldValidation, call.warnings, refuse);
    return scale;
  });
}

/** Stands for replicas that a custom resource does not say: the smallest int32. */
const unset = -(2 ** 31);

async function write(call: ResourceCall, writing: Writing, change: (scale: Scale) => Scale): Promise<ApiResponse> {
  const { served, info } = call;
  return await update(call, writing, (old) => {
    const scale = change(scaleOf(served, old, unset));
    const replicas = scale.spec?.replicas ?? 0;
    if (replicas === unset) {
      throw badRequest(`the spec replicas field "${served.scale?.specReplicasPath}" cannot be empty`);
    }
    validateReplicas(served, info.name, replicas);
    return { scale, owned: recordOwnership(writing, old, withReplicas(served, old, replicas)) };
  });
}

/** Server-side apply: whoever owns the number of replicas, through whatever endpoint, is in conflict. */
async function applyScale(call: ResourceCall, writing: Writing, body: Buffer): Promise<ApiResponse> {
  const { served, info } = call;
  const scale: Scale = parseConfiguration(body, scaleType);
  decodeValue(scale, scaleType, internal);
  checkNameAndNamespace(writing, scale, info.name);
  const { replicas } = scale.spec ?? {};
  validateReplicas(served, info.name, replicas ?? 0);
  const { apiVersion, resource } = served;
  const named = { apiVersion, kind: resource.kind, metadata: { name: info.name } };
  const applied = replicas === undefined ? named : withReplicas(served, named, replicas);
  return await update(call, writing, (old) => {
    const request = { ...ownershipRequest(writing, old), applied, force: writing.options.force };
    return { scale, owned: applyServerSide(request).object };
  });
}

/** `change` gives the new object with its owners, and the scale it was made from. */
async function update(
  call: ResourceCall,
  writing: Writing,
  change: (old: UnknownObject) => { scale: Scale; owned: UnknownObject },
): Promise<ApiResponse> {
  const { info } = call;
  const written = await updateObject(writing, info.name, (old) => {
    const { scale, owned } = change(old);
    const resourceVersion = scale.metadata?.resourceVersion || (old.metadata?.resourceVersion ?? '');
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

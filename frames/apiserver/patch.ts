import { invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import { applyJsonPatch } from '@croft/patch/json-patch';
import { applyMergePatch } from '@croft/patch/merge-patch';
import { applyStrategicPatch } from '@croft/patch/strategic-patch';
import { findDuplicateFields } from '@croft/schema/duplicate-fields';
import { describeJsonError, mediaTypeOf } from './body.ts';
import { conversionErrorText } from './conversion-error.ts';
import type { Writing } from './core.ts';
import type { Written } from './create.ts';
import { decodeAs, duplicateFieldText, reportFields, unknownFieldText } from './decode.ts';
import { badRequest, unsupportedMediaType } from './failures.ts';
import { checkNameAndNamespace } from './identity.ts';
import { recordOwnership } from './ownership.ts';
import type { ServedResource } from './served-resource.ts';
import { updateObject } from './update.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const types: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** Throws 415 for a type that a resource does not take. */
export function patchTypeOf(contentType: string | undefined, custom: boolean): PatchType {
  const type = types[mediaTypeOf(contentType)];
  if (type !== undefined && !(custom && type === 'strategic')) return type;
  if (!custom) throw unsupportedPatch();
  throw unsupportedMediaType(Object.keys(types).filter((name) => types[name] !== 'strategic'));
}

function unsupportedPatch() {
  const error = unsupportedMediaType([]);
  error.status.message = '415: Unsupported Media Type';
  error.status.details = {};
  return error;
}

/** Patches an object that stands with a JSON, merge or strategic merge patch. */
export async function patchObject(
  writing: Writing,
  name: string,
  type: Exclude<PatchType, 'apply'>,
  body: Buffer,
): Promise<Written> {
  const text = body.toString('utf8');
  const patch = parsePatch(text, type);
  const strictErrors = writing.options.fieldValidation === 'Ignore' ? [] : findStrictErrors(text, type, patch);
  const warned = writing.warnings.length;
  return await updateObject(writing, name, (old) => {
    writing.warnings.length = warned;
    return patched(writing, name, type, { value: patch, strictErrors }, old);
  });
}

/** Throws 400 for what is no patch of this type. */
export function parsePatch(text: string, type: PatchType): unknown {
  const prefix = type === 'strategic' ? '' : 'error decoding patch: ';
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch {
    throw badRequest(prefix + describeJsonError(text));
  }
  if (patch === null) {
    if (type === 'merge') throw badRequest('Invalid JSON Patch');
    return type === 'json' ? [] : {};
  }
  if (type === 'json' || isJsonObject(patch)) return patch;
  const found = Array.isArray(patch) ? 'array' : typeof patch;
  throw badRequest(`${prefix}json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
}

const operationFields = new Set(['op', 'path', 'from', 'value']);

/** What strict decoding has against the text of the patch itself: keys that stand twice, operations with other keys. */
function findStrictErrors(text: string, type: PatchType, patch: unknown): string[] {
  const twice = findDuplicateFields(text, patch).map(duplicateFieldText);
  if (type !== 'json' || !Array.isArray(patch)) return twice;
  const unknown = patch.flatMap((operation, index) =>
    isJsonObject(operation)
      ? Object.keys(operation)
          .filter((key) => !operationFields.has(key))
          .map((key) => unknownFieldText(`[${index}].${key}`))
      : [],
  );
  const indexOf = (error: string): number => Number(/\[(\d+)\]/.exec(error)?.[1]);
  return [...unknown, ...twice]
    .sort((left, right) => indexOf(left) - indexOf(right))
    .map((error) => `json patch ${error}`);
}

/** A parsed patch, and what strict decoding has against its text. */
interface ParsedPatch {
  readonly value: unknown;
  readonly strictErrors: readonly string[];
}

/** The object as patched, decoded, defaulted and owned. */
function patched(
  writing: Writing,
  name: string,
  type: Exclude<PatchType, 'apply'>,
  { value: patch, strictErrors }: ParsedPatch,
  old: UnknownObject,
): UnknownObject {
  const { served, options, warnings } = writing;
  const value = applyPatch(writing, type, patch, old);
  const refuse = refusalOf(type, patch, value);
  checkKind(served, value, refuse);
  const { object, unknownFields } = decodeAs(served, value, refuse);
  checkNameAndNamespace(writing, object, name);
  const errors = [...strictErrors, ...unknownFields.map(unknownFieldText)];
  reportFields(errors, options.fieldValidation, warnings, refuse);
  served.rules.default(object);
  return recordOwnership(writing, old, object);
}

/** A patch may not turn an object into one of another kind. */
function checkKind(
  { resource, apiVersion }: ServedResource,
  value: UnknownObject,
  refuse: (why: string) => Error,
): void {
  const { kind = resource.kind, apiVersion: version = apiVersion } = value;
  if (kind === resource.kind && version === apiVersion) return;
  throw refuse(
    `converting (${value.apiVersion}, ${value.kind}) to (${apiVersion}, ${resource.kind}): unknown conversion`,
  );
}

function applyPatch(writing: Writing, type: PatchType, patch: unknown, old: UnknownObject): UnknownObject {
  if (type === 'json') return applyJsonPatch(old, patch);
  if (type === 'merge') return applyMergePatch(old, patch);
  return applyStrategicPatch(old, patch, writing.served.rules.fieldType());
}

/** How a patch is refused whose outcome, `value`, is not of the kind. */
export function refusalOf(type: PatchType, patch: unknown, value: unknown): (why: string) => Error {
  return (why) =>
    invalidObject({ group: '', kind: '' }, '', [
      invalidField(
        'patch',
        showPatched(type, patch, value),
        type === 'strategic' ? conversionErrorText(errorMessage(why)) : errorMessage(why),
      ),
    ]);
}

/** What a refusal shows: the patch, or the object that it would make. */
function showPatched(type: PatchType, patch: unknown, value: unknown): string {
  if (type === 'strategic') return formatGoMap(patch);
  return JSON.stringify(type === 'merge' ? sortTouched(value, patch) : value);
}

/** With sorted keys wherever the patch says something: the rest is not taken apart. */
function sortTouched(value: unknown, patch: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(patch)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortTouched(item, patch[key])]));
}

/** A value as Go's `%v` prints it: `map[spec:map[foo:1]]`. */
function formatGoMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatGoMap).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : String(value);
  const parts = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, item]) => `${key}:${formatGoMap(item)}`);
  return `map[${parts.join(' ')}]`;
}

import { invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { findDuplicateFields } from '@croft/schema/duplicate-fields';
import { findDuplicateYamlKeys, jsonType, mediaTypeOf, parseBody, yamlType } from './body.ts';
import { badRequest } from './failures.ts';
import type { WriteOptions } from './options.ts';
import type { ServedResource } from './served-resource.ts';

/** The object in a request's body, as its kind decodes it. Adds to `warnings`; throws 400 and 415. */
export function decodeBody(
  served: ServedResource,
  body: Buffer,
  contentType: string | undefined,
  validation: WriteOptions['fieldValidation'],
  warnings: string[],
): UnknownObject {
  const { kind, version } = served.resource;
  const value = parseBody(body, contentType, kind);
  checkType(served, value);
  const { object, unknownFields } = decodeAs(served, value, (why) =>
    badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`),
  );
  reportFields(strictErrors(unknownFields, body, value, contentType, validation), validation, warnings, (why) =>
    badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`),
  );
  return object;
}

/** Decodes a value as this kind; what does not fit is answered with `refuse`. */
export function decodeAs(
  served: ServedResource,
  value: UnknownObject,
  refuse: (why: string) => Error,
): { object: UnknownObject; unknownFields: string[] } {
  let decoded: { object: UnknownObject; unknownFields: string[] };
  try {
    decoded = served.rules.decode(value);
  } catch (error) {
    if (error instanceof Error && error.name === 'DecodeError') throw refuse(errorMessage(error));
    throw error;
  }
  keepClearedOwners(value, decoded.object);
  decoded.object.apiVersion = served.apiVersion;
  decoded.object.kind = served.resource.kind;
  return decoded;
}

/** An empty list of managedFields asks to forget them, so it must not be dropped like other empty lists. */
function keepClearedOwners(value: UnknownObject, object: UnknownObject): void {
  const given = value.metadata?.managedFields;
  if (Array.isArray(given) && given.length === 0) object.metadata = { ...object.metadata, managedFields: [] };
}

/** `unknown field "spec.foo"`, as strict decoding reports what is not of the kind. */
export const unknownFieldText = (path: string): string => `unknown field "${path}"`;

export const duplicateFieldText = (path: string): string => `duplicate field "${path}"`;

export function reportFields(
  errors: readonly string[],
  validation: WriteOptions['fieldValidation'],
  warnings: string[],
  refuse: (why: string) => Error,
): void {
  if (errors.length === 0 || validation === 'Ignore') return;
  if (validation === 'Strict') throw refuse(`strict decoding error: ${errors.join(', ')}`);
  warnings.push(...errors);
}

function strictErrors(
  unknownFields: readonly string[],
  body: Buffer,
  value: unknown,
  contentType: string | undefined,
  validation: WriteOptions['fieldValidation'],
): string[] {
  if (validation === 'Ignore') return [];
  const twice = findKeysTwice(body.toString('utf8'), value, mediaTypeOf(contentType), validation);
  return [...twice, ...unknownFields.map(unknownFieldText)];
}

/** Of YAML only where it is refused: the words have line breaks, so that they never make a warning. */
function findKeysTwice(
  text: string,
  value: unknown,
  mediaType: string,
  validation: WriteOptions['fieldValidation'],
): string[] {
  if (mediaType === jsonType) return findDuplicateFields(text, value).map(duplicateFieldText);
  return mediaType === yamlType && validation === 'Strict' ? findDuplicateYamlKeys(text) : [];
}

function checkType(served: ServedResource, value: UnknownObject): void {
  const { kind, version } = served.resource;
  const { apiVersion = '', kind: given = '' } = value;
  if (served.custom) {
    // The words are those of Kubernetes: it is a place where the text should stand.
    if (given === '') throw badRequest("Object 'Kind' is missing in 'object has no kind field '");
    if (apiVersion !== served.apiVersion) {
      throw badRequest(
        `the API version in the data (${apiVersion}) does not match the expected API version (${served.apiVersion})`,
      );
    }
    if (given !== kind) {
      throw invalidObject({ group: served.resource.group, kind: given }, value.metadata?.name ?? '', [
        invalidField('kind', given, `must be ${kind}`),
      ]);
    }
    return;
  }
  const wrongKind = given !== '' && given !== kind;
  const wrongVersion = apiVersion !== '' && apiVersion !== served.apiVersion;
  if (!wrongKind && !wrongVersion) return;
  const givenKind = given === '' ? kind : given;
  const givenVersion = apiVersion === '' ? version : (apiVersion.split('/').at(-1) ?? '');
  const why = wrongVersion
    ? `no kind "${givenKind}" is registered for version "${apiVersion}"`
    : `converting (${givenVersion}.${givenKind}) to (${kind}): unknown conversion`;
  throw badRequest(`${givenKind} in version "${givenVersion}" cannot be handled as a ${kind}: ${why}`);
}

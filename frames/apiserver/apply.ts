import type { UnknownObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import { isJsonObject } from '@croft/foundation/json';
import { applyServerSide } from '@croft/patch/server-side-apply';
import { findDuplicateYamlKeys, parseYamlText } from './body.ts';
import type { Writing } from './core.ts';
import type { Written } from './create.ts';
import { createByUpdate } from './create-by-update.ts';
import { decodeAs } from './decode.ts';
import { badRequest, conflict, internal } from './failures.ts';
import { checkNameAndNamespace } from './identity.ts';
import { checkNamespace } from './namespaces-admission.ts';
import { ownershipRequest } from './ownership.ts';
import { updateObject } from './update.ts';

/** Server-side apply of a configuration in YAML or JSON; creates the object when there is none. */
export async function applyObject(writing: Writing, name: string, body: Buffer): Promise<Written> {
  const { apiVersion, resource } = writing.served;
  const applied = parseConfiguration(body, { apiVersion, kind: resource.kind });
  const strictErrors = findStrictErrors(writing, body);
  const change = (old: UnknownObject | undefined) => {
    const object = merged(writing, applied, old);
    if (strictErrors.length > 0) throw badRequest(`error strict decoding patch: ${strictErrors.join(', ')}`);
    checkNameAndNamespace(writing, object, name);
    return object;
  };
  try {
    return await updateObject(writing, name, change);
  } catch (error) {
    if (!isNotFound(error) || writing.subresource !== '') throw error;
  }
  checkNamespace(writing.core, writing.served, writing.namespace, name);
  const object = change(undefined);
  const uid = object.metadata?.uid ?? '';
  if (uid !== '') {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(writing.served.resource, name, why);
  }
  return await createByUpdate(writing, object, true);
}

/** Keys that the text has twice. The words have line breaks, so that they never make a warning. */
function findStrictErrors({ options }: Writing, body: Buffer): string[] {
  if (options.fieldValidation !== 'Strict') return [];
  return findDuplicateYamlKeys(body.toString('utf8')).map((why) => `error converting YAML to JSON: ${why}`);
}

/** A configuration to be applied, which must be of the type. Throws 400. */
export function parseConfiguration(body: Buffer, type: { apiVersion: string; kind: string }): UnknownObject {
  const value = parseBodyText(body.toString('utf8')) ?? {};
  if (!isJsonObject(value)) {
    const found = Array.isArray(value) ? 'array' : typeof value;
    const why = `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
    throw badRequest(`error decoding patch: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  const { apiVersion, kind } = value as UnknownObject;
  if (apiVersion === type.apiVersion && kind === type.kind) return value as UnknownObject;
  throw badRequest(`invalid object type: ${formatType(apiVersion, kind)}`);
}

/** As Go prints a GroupVersionKind: `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`. */
function formatType(apiVersion: unknown = '', kind: unknown = ''): string {
  const text = String(apiVersion);
  return `${text.includes('/') ? text : `/${text}`}, Kind=${String(kind)}`;
}

/** JSON is YAML too, but JSON.parse is far faster. */
function parseBodyText(text: string): unknown {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      // Flow-style YAML may begin like JSON.
    }
  }
  return parseYamlText(text, 'error decoding patch: error converting YAML to JSON: ');
}

function merged(writing: Writing, applied: UnknownObject, live: UnknownObject | undefined): UnknownObject {
  const request = ownershipRequest(writing, live);
  const { object: value } = applyServerSide({ ...request, applied, force: writing.options.force });
  const { object } = decodeAs(writing.served, value, (why) => internal(why));
  writing.served.rules.default(object);
  return object;
}

import type { UnknownObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import { isJsonObject } from '@croft/foundation/json';
import { applyServerSide } from '@croft/patch/server-side-apply';
import { parseYamlText } from './body.ts';
import type { Writing } from './core.ts';
import { createObject, type Written } from './create.ts';
import { decodeAs } from './decode.ts';
import { badRequest, internal } from './failures.ts';
import { checkNameAndNamespace } from './identity.ts';
import { checkNamespace } from './namespaces-admission.ts';
import { ownershipRequest } from './ownership.ts';
import { updateObject } from './update.ts';

/** Server-side apply of a configuration in YAML or JSON; creates the object when there is none. */
export async function applyObject(writing: Writing, name: string, body: Buffer): Promise<Written> {
  const applied = parseConfiguration(writing, body);
  checkNameAndNamespace(writing, applied, name);
  try {
    return await updateObject(writing, name, (old) => merged(writing, applied, old));
  } catch (error) {
    if (!isNotFound(error) || writing.subresource !== '') throw error;
  }
  checkNamespace(writing.core, writing.served, writing.namespace, name);
  return await createObject(writing, merged(writing, applied, undefined), true);
}

function parseConfiguration({ served }: Writing, body: Buffer): UnknownObject {
  const value = parseBodyText(body.toString('utf8'), served.resource.kind);
  if (!isJsonObject(value)) throw badRequest('error decoding YAML: the configuration is not an object');
  const object = value as UnknownObject;
  const { apiVersion = '', kind = '' } = object;
  if (apiVersion !== served.apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${served.apiVersion}`,
    );
  }
  if (kind !== served.resource.kind)
    throw badRequest(`Incorrect kind specified in apply patch: ${kind}, expected: ${served.resource.kind}`);
  return object;
}

/** JSON is YAML too, but JSON.parse is far faster. */
function parseBodyText(text: string, kind: string): unknown {
  if (text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      // Flow-style YAML may begin like JSON.
    }
  }
  return parseYamlText(text, kind);
}

function merged(writing: Writing, applied: UnknownObject, live: UnknownObject | undefined): UnknownObject {
  const request = ownershipRequest(writing, live);
  const { object: value } = applyServerSide({ ...request, applied, force: writing.options.force });
  const { object } = decodeAs(writing.served, value, (why) => internal(why));
  writing.served.rules.default(object);
  return object;
}

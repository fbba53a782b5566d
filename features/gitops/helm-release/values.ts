import { configMaps, secrets } from '@croft/api/kinds';
import type { ObjectKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import { encodeJson } from '@croft/encoding/json/encode';
import { readYaml } from '@croft/encoding/yaml/read';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import type { HelmReleaseSpec, ValuesReference } from './types.ts';

const defaultKey = 'values.yaml';

/** The values of a release: those of `valuesFrom` in their order, then `values` over them. */
export async function composeValues(
  client: Client,
  { valuesFrom = [], values = {} }: HelmReleaseSpec,
  from: ObjectKey,
): Promise<JsonObject> {
  let composed: JsonObject = {};
  for (const reference of valuesFrom) composed = mergeValues(composed, await readReference(client, reference, from));
  return mergeValues(composed, values as JsonObject);
}

async function readReference(
  client: Client,
  { kind, name, valuesKey = defaultKey, optional }: ValuesReference,
  { namespace }: ObjectKey,
): Promise<JsonObject> {
  const where = `${kind} '${namespace}/${name}'`;
  const text =
    kind === 'Secret'
      ? await readSecret(client, { namespace, name }, valuesKey)
      : (await client.find(configMaps, { namespace, name }))?.data?.[valuesKey];
  if (text === undefined) {
    if (optional) return {};
    throw new WaitingError(
      'ValuesError',
      `could not resolve ${where} chart values reference: it does not exist or has no key '${valuesKey}'`,
    );
  }
  try {
    const value: unknown = JSON.parse(encodeJson(readYaml(text)));
    if (value === null) return {};
    if (isJsonObject(value)) return value as JsonObject;
  } catch (error) {
    throw new StalledError(
      'ValuesError',
      `the key '${valuesKey}' of ${where} is not YAML: ${(error as Error).message}`,
    );
  }
  throw new StalledError('ValuesError', `the key '${valuesKey}' of ${where} does not hold values`);
}

async function readSecret(client: Client, key: ObjectKey, valuesKey: string): Promise<string | undefined> {
  const data = (await client.find(secrets, key))?.data?.[valuesKey];
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
}

/** Tables are merged, all else is replaced. */
export function mergeValues(base: JsonObject, over: JsonObject): JsonObject {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] =
      isJsonObject(value) && isJsonObject(below) ? mergeValues(below as JsonObject, value as JsonObject) : value;
  }
  return merged;
}

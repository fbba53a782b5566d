import { configMaps, secrets } from '@croft/api/kinds';
import { formatKey, type ObjectKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { ReasonedError, WaitingError } from '@croft/controller/outcome';
import { decodeJsonMap } from '@croft/encoding/json/decode';
import { readYaml } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import type { Values } from '@croft/helm/values/copy';
import { applySet } from '@croft/helm/values/set';
import type { HelmReleaseSpec, ValuesReference } from './types.ts';

const defaultKey = 'values.yaml';

/** The values of a release: those of `valuesFrom` in their order, then `values` over them. As helm-controller has it. */
export async function composeValues(
  client: Client,
  { valuesFrom = [], values = {} }: HelmReleaseSpec,
  from: ObjectKey,
): Promise<Values> {
  const own = decodeJsonMap(JSON.stringify(values));
  let composed: Values = new Map();
  for (const reference of valuesFrom) {
    const text = await readReference(client, reference, from);
    if (text === undefined) continue;
    composed = reference.targetPath
      ? withPath(mergeTables(composed, own), reference, text, from)
      : mergeTables(composed, parseValues(reference, text, from));
  }
  return mergeTables(composed, own);
}

/** The text that a reference leads to; undefined when it is optional and leads to nothing. Throws WaitingError. */
async function readReference(
  client: Client,
  reference: ValuesReference,
  { namespace }: ObjectKey,
): Promise<string | undefined> {
  const { kind, name, valuesKey = defaultKey, optional } = reference;
  const key = { namespace, name };
  const object = kind === 'Secret' ? await client.find(secrets, key) : await client.find(configMaps, key);
  const text = object?.data?.[valuesKey];
  if (text !== undefined) return kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
  if (optional) return undefined;
  const why = object === undefined ? `the ${kind} does not exist` : `it has no key '${valuesKey}'`;
  throw new WaitingError('ValuesError', `${nameOf(reference, key)}: ${why}`, 30_000);
}

function parseValues(reference: ValuesReference, text: string, { namespace }: ObjectKey): Values {
  const fail = (why: string) =>
    new ReasonedError('ValuesError', `${nameOf(reference, { namespace, name: reference.name })}: ${why}`);
  let value: unknown;
  try {
    value = readYaml(text);
  } catch (error) {
    throw fail(`it is not YAML: ${errorMessage(error)}`);
  }
  if (value === null) return new Map();
  if (value instanceof Map) return value as Values;
  throw fail('it does not hold values, but a single one: give it a targetPath');
}

/** One text put at a path, read as `--set` does; quoted text and literals are one string. */
function withPath(values: Values, reference: ValuesReference, text: string, { namespace }: ObjectKey): Values {
  const { targetPath = '', literal, name } = reference;
  const quoted = /^'(.*)'$|^"(.*)"$/s.test(text);
  const value = literal ? escapeSet(text) : quoted ? text.replace(/^['"]+|['"]+$/g, '') : text;
  try {
    applySet(`${targetPath}=${value}`, values, literal || quoted ? 'string' : 'typed');
    return values;
  } catch (error) {
    const where = nameOf(reference, { namespace, name });
    throw new ReasonedError('ValuesError', `${where}: it cannot be put at ${targetPath}: ${errorMessage(error)}`);
  }
}

function escapeSet(text: string): string {
  return text.replace(/[\\,[\]{}]/g, '\\$&');
}

function nameOf({ kind, valuesKey = defaultKey }: ValuesReference, key: ObjectKey): string {
  return `could not resolve ${kind} chart values reference '${formatKey(key)}' with key '${valuesKey}'`;
}

/** Tables are merged, all else is replaced; the inputs stay as they are. */
export function mergeTables(base: Values, over: Values): Values {
  const merged = new Map(base);
  for (const [key, value] of over) {
    const below = merged.get(key);
    const areTables = value instanceof Map && below instanceof Map;
    merged.set(key, areTables ? mergeTables(below as Values, value as Values) : value);
  }
  return merged;
}

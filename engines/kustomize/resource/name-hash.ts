import { encodeJson } from '@croft/encoding/json/encode';
import { sha256Hex } from '@croft/foundation/digest';
import { getField } from '../yaml/fields.ts';
import type { Node } from '../yaml/node.ts';
import { nodeToValue, toFloats, type Value } from '../yaml/node-value.ts';
import { kindOf } from './resource.ts';

const letters: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** The ten characters that kustomize appends to the name of a generated ConfigMap or Secret: of its data, not its name. */
export function hashResource(node: Node): string {
  const kind = kindOf(node);
  const fields = kind === 'Secret' ? ['type', 'data', 'stringData'] : ['data', 'binaryData'];
  const content = new Map<string, Value>([
    ['kind', kind],
    ['name', ''],
  ]);
  for (const field of fields) {
    const value = fieldValue(node, field);
    if (field === 'data' || field === 'type' || value instanceof Map) content.set(field, value);
  }
  const digest = sha256Hex(encodeJson(content)).slice(0, 10);
  return digest.replace(/[013ae]/g, (char) => letters[char] ?? char);
}

function fieldValue(node: Node, name: string): Value {
  const field = getField(node, name);
  if (field === undefined) return '';
  return field.kind === 'scalar' ? field.value : toFloats(nodeToValue(field));
}

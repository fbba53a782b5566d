import { readYaml } from '@croft/encoding/yaml/read';
import { decodeLoose } from '../kustomization/decode.ts';
import type { Replacement } from '../kustomization/kustomization.ts';
import { replacementShape, type StructShape } from '../kustomization/shape.ts';
import { type Loader, loadText } from '../source/loader.ts';
import type { Value } from '../yaml/node-value.ts';

const listShape: StructShape = {
  is: 'struct',
  name: 'Replacements',
  fields: { list: { is: 'list', of: replacementShape, goType: '[]types.Replacement' } },
};

/** The replacements of the entries; those that name a file come from it, one or a list. */
export function readReplacements(entries: readonly Replacement[], loader: Loader): Replacement[] {
  return entries.flatMap((entry) => {
    const { path = '', source, targets = [] } = entry;
    if (path === '') return [entry];
    if (source !== undefined || targets.length > 0) {
      throw new Error('cannot specify both path and inline replacement');
    }
    return readFile(loadText(loader, path));
  });
}

function readFile(text: string): Replacement[] {
  const value = readYaml(text) as Value;
  if (value instanceof Map) return [decodeLoose(text, replacementShape) as Replacement];
  if (!Array.isArray(value)) {
    const kind = value === null ? 'invalid' : typeof value;
    throw new Error(`unsupported replacement type encountered within replacement path: ${kind}`);
  }
  const indented = text.replace(/^---[^\n]*\n/, '').replace(/^/gm, '  ');
  return (decodeLoose(`list:\n${indented}`, listShape) as { list?: Replacement[] }).list ?? [];
}

import { readKey } from '@croft/foundation/json-keys';
import type { StructuralSchema } from './structural-schema.ts';

/** Where a path such as `.spec.x` or `.labels['a.b']` leads in a schema, or why it leads nowhere. */
export type FoundField = { readonly path: string; readonly schema: StructuralSchema } | { readonly error: string };

/** apiextensions pkg/apiserver/schema/cel ValidFieldPath. */
export function findField(path: string, schema: StructuralSchema, allowsKeys: boolean): FoundField {
  let at: StructuralSchema = schema;
  let canonical = '';
  const tokens = tokenize(path);
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? '';
    let name = tokens[index + 1];
    if (token === '[') {
      if (!allowsKeys) return { error: 'array notation is not allowed' };
      if (name === undefined) return { error: 'unexpected end of JSON path' };
      if (!/^'.*'$/s.test(name)) return { error: `expected single quoted string but got ${name}` };
      const end = tokens[index + 2];
      if (end === undefined) return { error: 'unexpected end of JSON path' };
      if (end !== ']') return { error: `expected ] but got ${end}` };
      name = name.slice(1, -1).replace(/\\(.)/g, '$1');
      index += 1;
    } else if (token !== '.') return { error: `expected [ or . but got: ${token}` };
    if (name === undefined) return { error: 'unexpected end of JSON path' };
    index += 1;
    const below = step(at, name);
    if (below === undefined) return { error: 'does not refer to a valid field' };
    canonical += at.properties === undefined ? `[${name}]` : `${canonical === '' ? '' : '.'}${name}`;
    at = below;
  }
  return { path: canonical, schema: at };
}

function step(schema: StructuralSchema, name: string): StructuralSchema | undefined {
  if (schema.properties !== undefined) return readKey(schema.properties, name) as StructuralSchema | undefined;
  const rest = schema.additionalProperties;
  return typeof rest === 'object' ? rest : undefined;
}

/** `.`, `[` and `]` by themselves, quoted texts whole. */
function tokenize(path: string): string[] {
  return path.match(/[.[\]]|'(?:[^'\\]|\\.)*'|[^.[\]']+|'/gs) ?? [];
}

import { definitionNameOf, findDefinition } from '@croft/api/schemas';
import type { FieldSpec } from '@croft/api/type-spec';

/** What a strategic merge needs to know of a field. */
export interface MergeSchema {
  field(name: string): MergeSchema | undefined;
  /** Of a list's elements. */
  elements(): MergeSchema | undefined;
  /** `merge`, `replace` and so on, several with commas between; '' for none. */
  readonly strategy: string;
  /** Fields that tell a list's elements apart. */
  readonly keys: readonly string[];
}

/** Finds the schema of a kind; undefined when nothing is known of it. */
export type FindSchema = (apiVersion: string, kind: string) => MergeSchema | undefined;

/** The kinds of Kubernetes. */
export const findBuiltinSchema: FindSchema = (apiVersion, kind) => {
  if (kind === '' || apiVersion === '') return undefined;
  const definition = findDefinition(definitionNameOf(apiVersion, kind));
  if (definition === undefined || !definition.fields.has('metadata')) return undefined;
  return typeSchema(definition.name);
};

const leaf: MergeSchema = { field: () => undefined, elements: () => undefined, strategy: '', keys: [] };
const types = new Map<string, MergeSchema>();

function typeSchema(name: string): MergeSchema {
  const known = types.get(name);
  if (known !== undefined) return known;
  const fields = new Map<string, MergeSchema>();
  const schema: MergeSchema = {
    ...leaf,
    field(field) {
      const made = fields.get(field);
      if (made !== undefined) return made;
      const spec = findDefinition(name)?.fields.get(field);
      if (spec === undefined) return undefined;
      const inner = fieldSchema(spec, 0);
      fields.set(field, inner);
      return inner;
    },
  };
  types.set(name, schema);
  return schema;
}

/** The schema of a field within its first lists and maps. */
function fieldSchema(spec: FieldSpec, depth: number): MergeSchema {
  const container = spec.containers[depth];
  if (container === undefined) return spec.ref === undefined ? leaf : typeSchema(spec.ref);
  const inner = (): MergeSchema => fieldSchema(spec, depth + 1);
  const merge = depth === 0 ? { strategy: spec.patchStrategy, keys: keysOf(spec) } : { strategy: '', keys: [] };
  if (container === 'map') return { field: inner, elements: () => undefined, ...merge };
  return { field: () => undefined, elements: inner, ...merge };
}

function keysOf(spec: FieldSpec): readonly string[] {
  if (spec.patchStrategy === '') return [];
  return spec.listKeys ?? (spec.mergeKey === undefined ? [] : [spec.mergeKey]);
}

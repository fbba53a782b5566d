import type { UnknownObject } from '@croft/api/object';
import { isJsonObject } from '@croft/foundation/json';
import { applyDefaults } from '@croft/schema/defaults';
import { customFieldType } from '@croft/schema/field-type';
import { pruneUnknown } from '@croft/schema/prune';
import type { StructuralSchema } from '@croft/schema/structural-schema';
import { validateCustomObject } from '@croft/schema/validate-custom';
import type { KindRules } from '../kind-rules.ts';
import { decodeType } from '../kinds/codec.ts';
import { mismatch } from '../kinds/scalars.ts';
import { customTable } from './columns.ts';
import type { Version } from './definition.ts';
import { findByPath } from './json-path.ts';

/** The rules of one version of a custom resource: all from its schema. */
export function customRules(name: string, version: Version, schema: StructuralSchema): KindRules {
  const hasStatus = version.subresources?.status !== undefined;
  const selectable = (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath);
  return {
    schema: name,
    openApiSchema: schema,
    fieldType: () => customFieldType(schema),
    decode: (value) => {
      if (value.metadata !== undefined && !isJsonObject(value.metadata))
        mismatch(value.metadata, 'metadata', 'v1.ObjectMeta');
      const { value: object, unknownFields } = pruneUnknown(value, schema);
      return {
        object: { ...object, metadata: decodeType('meta.v1.ObjectMeta', { ...object.metadata }) },
        unknownFields,
      };
    },
    default: (object) => void Object.assign(object, applyDefaults(object, schema)),
    prepareForCreate: (object) => {
      if (hasStatus) delete object.status;
    },
    prepareForUpdate: (object, old) => {
      if (hasStatus) takeOver(object, old, 'status');
    },
    prepareForStatusUpdate: keepAllButStatus,
    validate: (object) => validateCustomObject(object, undefined, schema),
    validateUpdate: (object, old) => validateCustomObject(object, old, schema),
    validateStatusUpdate: (object, old) => validateCustomObject(object, old, schema),
    countsGeneration: true,
    allowsUnconditionalUpdate: false,
    ...(selectable.length === 0 ? {} : { selectableFields: (object) => selectedFields(object, selectable) }),
    table: customTable(version.additionalPrinterColumns ?? []),
  };
}

function takeOver(object: UnknownObject, old: UnknownObject, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = old[field];
}

/** Status, and of the metadata only who owns what. */
function keepAllButStatus(object: UnknownObject, old: UnknownObject): void {
  const managedFields = object.metadata?.managedFields;
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (field !== 'status') takeOver(object, old, field);
  }
  const { managedFields: _, ...metadata } = old.metadata ?? {};
  object.metadata = managedFields === undefined ? metadata : { ...metadata, managedFields };
}

function selectedFields(object: UnknownObject, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    paths.map((path) => {
      const [value] = findByPath(object, path);
      return [path.replace(/^\./, ''), value === undefined || value === null ? '' : String(value)];
    }),
  );
}

import { duplicateField, type FieldError, invalidField, requiredField, tooManyInField } from '@croft/api/field-error';
import { isJsonObject } from '@croft/foundation/json';
import { findField } from '@croft/schema/field-path';
import { parseStructuralSchema } from '@croft/schema/parse-schema';
import type { StructuralSchema } from '@croft/schema/structural-schema';
import type { PrinterColumn, Version } from './definition.ts';
import { internalSchema } from './internal-definition.ts';

// What one version of a definition says (apiextensions pkg/apis/apiextensions/validation). `path` is where it stands.

export function validateDeprecation({ deprecated, deprecationWarning: text }: Version, path: string): FieldError[] {
  if (text === undefined) return [];
  const refuse = (why: string) => invalidField(`${path}.deprecationWarning`, text, why);
  if (deprecated !== true) return [refuse('can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(text) > 256) errors.push(refuse('must be <= 256 characters long'));
  if (text === '') errors.push(refuse('must not be an empty string'));
  const hidden = /[^\P{C}]|[^\P{Zl}]|[^\P{Zp}]|(?! )\p{Zs}/u.exec(text);
  if (hidden !== null) {
    const index = Buffer.byteLength(text.slice(0, hidden.index));
    const why = `must only contain printable UTF-8 characters; non-printable character found at index ${index}`;
    errors.push(refuse(why));
  }
  return errors;
}

/** Keywords that a schema with a status subresource may have at its root. */
const rootKeywords = new Set(
  'description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems multipleOf required items properties externalDocs example x-kubernetes-preserve-unknown-fields x-kubernetes-validations'.split(
    ' ',
  ),
);

const rootKeywordNames =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';

export function validateSchema(schema: Version['schema'], hasStatus: boolean, path: string): FieldError[] {
  const root = schema?.openAPIV3Schema;
  if (!isJsonObject(root)) return [];
  const at = `${path}.openAPIV3Schema`;
  const own = hasStatus ? validateRoot(root, at) : [];
  return [...own, ...parseStructuralSchema(root, at).errors];
}

function validateRoot(root: Record<string, unknown>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (root.type !== undefined && root.type !== 'object') {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    errors.push(invalidField(`${at}.type`, root.type, why));
  } else if (Object.entries(root).some(([key, value]) => value !== false && !rootKeywords.has(key))) {
    const why = `only ${rootKeywordNames} fields are allowed at the root of the schema if the status subresource is enabled`;
    errors.push(invalidField(at, internalSchema(root), why));
  }
  return errors;
}

export function validateSubresources(subresources: Version['subresources'], path: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined || scale === null) return [];
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath = '' } = scale;
  const check = (field: string, value: string, roots: readonly string[], words: string): FieldError[] => {
    const at = `${path}.scale.${field}`;
    const errors = checkSimplePath(value, at);
    if (errors.length > 0 || roots.some((root) => value.startsWith(root))) return errors;
    return [invalidField(at, value, `should be a json path under ${words}`)];
  };
  const required = (field: string, value: string, root: string): FieldError[] =>
    value === '' ? [requiredField(`${path}.scale.${field}`)] : check(field, value, [`${root}.`], root);
  return [
    ...required('specReplicasPath', specReplicasPath, '.spec'),
    ...required('statusReplicasPath', statusReplicasPath, '.status'),
    ...(labelSelectorPath === ''
      ? []
      : check('labelSelectorPath', labelSelectorPath, ['.spec.', '.status.'], 'either .spec or .status')),
  ];
}

function checkSimplePath(value: string, at: string): FieldError[] {
  return value.startsWith('.') ? [] : [invalidField(at, value, 'must be a simple json path starting with .')];
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function validateColumns(columns: readonly PrinterColumn[], path: string): FieldError[] {
  return columns.flatMap(({ name, type, format = '', jsonPath }, index) => {
    const at = `${path}.additionalPrinterColumns[${index}]`;
    const errors: FieldError[] = [];
    const typeRule = `must be one of ${columnTypes.join(',')}`;
    if (!name) errors.push(requiredField(`${at}.name`));
    if (!type) errors.push(requiredField(`${at}.type`, typeRule));
    else if (!columnTypes.includes(type)) errors.push(invalidField(`${at}.type`, type, typeRule));
    if (format !== '' && !columnFormats.includes(format)) {
      errors.push(invalidField(`${at}.format`, format, `must be one of ${columnFormats.join(',')}`));
    }
    if (!jsonPath) errors.push(requiredField(`${at}.JSONPath`));
    else errors.push(...checkSimplePath(jsonPath, `${at}.JSONPath`));
    return errors;
  });
}

const mostSelectable = 8;
const selectableRule =
  'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';

export function validateSelectable(
  fields: readonly { readonly jsonPath: string }[],
  schema: StructuralSchema,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath }, index): FieldError[] => {
    const at = `${path}.selectableFields[${index}].jsonPath`;
    if (!jsonPath) return [requiredField(at)];
    const found = findField(jsonPath, schema, false);
    if ('error' in found) return [invalidField(at, jsonPath, `is an invalid path: ${found.error}`)];
    const own: FieldError[] = [];
    if (/^metadata\b/.test(found.path)) {
      own.push(invalidField(at, jsonPath, 'must not point to fields in metadata'));
    }
    if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
      own.push(invalidField(at, jsonPath, selectableRule));
    }
    if (seen.has(found.path)) own.push(duplicateField(at, jsonPath));
    seen.add(found.path);
    return own;
  });
  const tooMany = seen.size > mostSelectable;
  return tooMany ? [...errors, tooManyInField(`${path}.selectableFields`, seen.size, mostSelectable)] : errors;
}

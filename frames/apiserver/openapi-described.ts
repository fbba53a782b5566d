import type { Description, FieldDescription } from '@croft/api/descriptions';
import { isJsonObject } from '@croft/foundation/json';

type Json = Record<string, unknown>;

/**
 * A schema with what it and its fields are for, and the words that a field may hold. A reference keeps its own meaning
 * beside.
 */
export function withDescription(schema: Json, description: Description | undefined): Json {
  if (description === undefined) return schema;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const described = Object.entries(properties).map(([field, own]) => {
    const known = description.fields.get(field);
    return [field, known !== undefined && isJsonObject(own) ? describedField(own, known) : own];
  });
  return {
    description: description.text,
    ...schema,
    ...(described.length === 0 ? {} : { properties: Object.fromEntries(described) as Json }),
  };
}

function describedField(field: Json, { text, words }: FieldDescription): Json {
  if (field.$ref !== undefined) return { description: text, allOf: [field] };
  if (words === undefined) return { description: text, ...field };
  if (!isJsonObject(field.items)) return { description: text, enum: words, ...field };
  return { description: text, ...field, items: { ...field.items, enum: words } };
}

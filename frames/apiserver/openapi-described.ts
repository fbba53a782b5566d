import type { Description } from '@croft/api/descriptions';
import { isJsonObject } from '@croft/foundation/json';

type Json = Record<string, unknown>;

/** A schema of a document with what its type and its fields are for. A reference keeps its own meaning beside. */
export function withDescription(schema: Json, description: Description | undefined): Json {
  if (description === undefined) return schema;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const described = Object.entries(properties).map(([name, field]) => {
    const text = description.fields.get(name);
    return [name, text === undefined || !isJsonObject(field) ? field : describedField(field, text)];
  });
  return {
    description: description.text,
    ...schema,
    ...(described.length === 0 ? {} : { properties: Object.fromEntries(described) as Json }),
  };
}

function describedField(field: Json, description: string): Json {
  return field.$ref === undefined ? { description, ...field } : { description, allOf: [field] };
}

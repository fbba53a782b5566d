import type { Description } from '@croft/api/descriptions';
import { isJsonObject } from '@croft/foundation/json';
import { findEnum } from './openapi-enums.ts';

type Json = Record<string, unknown>;

/**
 * The schema called `io.k8s.api.apps.v1.Deployment` with what it and its fields are for, and the words that a field
 * may hold. A reference keeps its own meaning beside.
 */
export function withDescription(name: string, schema: Json, description: Description | undefined): Json {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const type = name.slice(name.lastIndexOf('.') + 1);
  const described = Object.entries(properties).map(([field, own]) => {
    const text = description?.fields.get(field);
    return [field, isJsonObject(own) ? describedField(own, text, findEnum(type, field)) : own];
  });
  return {
    ...(description === undefined ? {} : { description: description.text }),
    ...schema,
    ...(described.length === 0 ? {} : { properties: Object.fromEntries(described) as Json }),
  };
}

function describedField(field: Json, description: string | undefined, words: readonly string[] | undefined): Json {
  const more = {
    ...(description === undefined ? {} : { description }),
    ...(words === undefined ? {} : { enum: words }),
  };
  if (Object.keys(more).length === 0) return field;
  return field.$ref === undefined ? { ...more, ...field } : { ...more, allOf: [field] };
}

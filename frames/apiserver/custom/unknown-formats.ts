import { isJsonObject } from '@croft/foundation/json';
import type { StructuralSchema } from '@croft/schema/structural-schema';
import type { DefinitionSpec } from './definition.ts';

const textFormats = new Set(
  'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration datetime k8sshortname k8slongname'.split(
    ' ',
  ),
);

const formats: Readonly<Record<string, ReadonlySet<string>>> = {
  '': textFormats,
  string: textFormats,
  integer: new Set(['int32', 'int64']),
  number: new Set(['float', 'double']),
};

/** The formats in a definition's schemas that nothing checks; each version's, so that some come twice. */
export function unknownFormats({ versions }: DefinitionSpec): string[] {
  const texts = new Set((versions ?? []).map(({ schema }) => JSON.stringify(schema?.openAPIV3Schema ?? {})));
  return [...texts].flatMap((text) => findUnknown(JSON.parse(text)));
}

function findUnknown(schema: unknown): string[] {
  if (!isJsonObject(schema)) return [];
  const { type = '', format = '', items, properties, additionalProperties, not, ...rest } = schema as StructuralSchema;
  const own = format === '' || formats[type]?.has(format.replaceAll('-', '')) === true ? [] : [format];
  const { allOf = [], anyOf = [], oneOf = [] } = rest;
  const parts = [items, ...allOf, ...anyOf, ...oneOf, not, ...Object.values(properties ?? {}), additionalProperties];
  return [...own, ...parts.flatMap(findUnknown)];
}

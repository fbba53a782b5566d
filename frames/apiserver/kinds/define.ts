import type { FieldError } from '@croft/api/field-error';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import { builtInSchemas } from '@croft/api/openapi-schema';
import { definitionNameOf, getDefinition, openApiNameOf } from '@croft/api/schemas';
import { getFieldType } from '@croft/schema/field-type';
import type { Decoded, KindRules, Lookup, TableRules } from '../kind-rules.ts';
import type { User } from '../user.ts';
import { decodeType } from './codec.ts';

/** The types of the API have a few read-only fields that the server itself sets. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** KindRules of one kind with the type of its objects; what is left out has a plain default. */
export interface KindParts<T extends KubeObject> {
  default?(object: T): void;
  prepareForCreate?(object: T, user: User): void;
  prepareForUpdate?(object: T, old: T): void;
  prepareForStatusUpdate?(object: T, old: T): void;
  admit?(object: T, old: T | undefined, lookup: Lookup): void;
  validate?(object: T): FieldError[];
  /** Absent: the same as `validate`. */
  validateUpdate?(object: T, old: T): FieldError[];
  validateStatusUpdate?(object: T, old: T): FieldError[];
  review?(object: T, old: T | undefined, lookup: Lookup): string[];
  warnings?(object: T, old: T | undefined): string[];
  validateName?(name: string, generated: boolean): string[];
  countsGeneration?: boolean;
  createsOnUpdate?: boolean;
  returnsDeleted?: boolean;
  allowsUnconditionalUpdate?: boolean;
  selectableFields?(object: T): Record<string, string>;
  table?: TableRules;
  /** True where a client may set the status when it creates. */
  keepsStatus?: boolean;
  prepareForSubresourceUpdate?(subresource: string, object: T, old: T): void;
  validateSubresourceUpdate?(subresource: string, object: T, old: T): FieldError[];
  toStored?(object: T): UnknownObject;
  fromStored?(object: UnknownObject): UnknownObject;
}

/** The rules of a built-in kind: its schema says how it is decoded, `parts` what else it does. */
export function defineRules<T extends KubeObject>(apiVersion: string, kind: string, parts: KindParts<T>): KindRules {
  const type = definitionNameOf(apiVersion, kind);
  const schema = openApiNameOf(type);
  const untyped = parts as unknown as KindParts<UnknownObject>;
  const { keepsStatus, ...rest } = untyped;
  const status = keepsStatus === true ? {} : statusRules(type, untyped);
  return {
    ...rest,
    ...status,
    schema,
    fieldType: () => getFieldType(builtInSchemas, schema),
    decode: (value) => decodeObject(type, value),
    default: (object) => untyped.default?.(object),
    validate: (object) => untyped.validate?.(object) ?? [],
    validateUpdate: (object, old) => (untyped.validateUpdate ?? untyped.validate)?.(object, old) ?? [],
    countsGeneration: parts.countsGeneration ?? false,
    ...storedRules(kind, type, untyped),
  };
}

/** Both forms of an object are written as Go encodes their own types. */
function storedRules(
  kind: string,
  type: string,
  { toStored, fromStored }: KindParts<UnknownObject>,
): Partial<KindRules> {
  if (toStored === undefined || fromStored === undefined) return {};
  return {
    toStored(object) {
      const stored = toStored(object);
      return { ...decodeType(definitionNameOf(stored.apiVersion ?? '', kind), stored) } as UnknownObject;
    },
    fromStored: (object) => ({ ...decodeType(type, fromStored(object)) }) as UnknownObject,
  };
}

/** Kinds with a status start with an empty one, and an update of the object leaves it alone. */
function statusRules(type: string, parts: KindParts<UnknownObject>): Partial<KindRules> {
  const status = () => getDefinition(type).fields.get('status')?.ref;
  return {
    prepareForCreate: (object, user) => {
      const name = status();
      if (name !== undefined) object.status = decodeType(name, {});
      parts.prepareForCreate?.(object, user);
    },
    prepareForUpdate: (object, old) => {
      if (status() !== undefined) object.status = old.status;
      parts.prepareForUpdate?.(object, old);
    },
  };
}

function decodeObject(type: string, value: UnknownObject): Decoded {
  const unknownFields: string[] = [];
  return { object: decodeType(type, value, unknownFields), unknownFields };
}

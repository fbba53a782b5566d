import type { GoType } from '@croft/gotemplate/type';
import type { GoStruct, Value } from '@croft/gotemplate/value';

/** A field as encoding/json sees it by its tag. */
export interface JsonField {
  readonly field: string;
  readonly key: string;
  readonly omitEmpty?: boolean;
}

type Convert = (value: GoStruct) => Value;

const fieldsOf = new WeakMap<GoType, readonly JsonField[]>();
const conversions = new WeakMap<GoType, Convert>();

/** Says under which keys the fields of a struct type stand in JSON; without it they stand under their own names. */
export function defineJsonFields(type: GoType, fields: readonly JsonField[]): void {
  fieldsOf.set(type, fields);
}

/** Says what a struct type marshals itself to (MarshalJSON). */
export function defineJsonConversion(type: GoType, convert: Convert): void {
  conversions.set(type, convert);
}

export function findJsonConversion(type: GoType): Convert | undefined {
  return conversions.get(type);
}

export function jsonFields(type: GoType): readonly JsonField[] {
  return fieldsOf.get(type) ?? (type.fields ?? []).map(({ name }) => ({ field: name, key: name }));
}

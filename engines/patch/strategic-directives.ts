import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import { anyType, type FieldType } from '@croft/schema/field-type';
import { badPatch } from './patch-error.ts';

export const directive = '$patch';
export const retainKeysDirective = '$retainKeys';
export const deleteListDirective = '$deleteFromPrimitiveList';
export const orderDirective = '$setElementOrder';

export type Dict = Record<string, unknown>;
export type List = readonly unknown[];

/** The type of one key of a map. */
export function childType(type: FieldType, key: string): FieldType {
  return type.fields.get(key) ?? type.element ?? anyType;
}

/** `$setElementOrder/ports` names `ports`. */
export function directiveTarget(key: string, prefix: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== prefix) {
    throw badPatch(`invalid patch format of ${prefix === orderDirective ? 'setElementOrder list' : 'primitive list'}`);
  }
  return key.slice(slash + 1);
}

/** A patch value for a place where nothing is: nulls go if asked, and what carries a `$patch` directive goes. */
export function settleValue(value: unknown, dropsNulls: boolean): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !hasDirective(item)).map((item) => settleValue(item, dropsNulls));
  }
  if (!isJsonObject(value)) return value;
  if (hasDirective(value)) return undefined;
  const settled: Dict = {};
  for (const key of Object.keys(value)) {
    const child = readKey(value, key);
    if ((child === null && dropsNulls) || hasDirective(child)) continue;
    setKey(settled, key, settleValue(child, dropsNulls));
  }
  return settled;
}

export function hasDirective(value: unknown): boolean {
  return isJsonObject(value) && Object.hasOwn(value, directive);
}

/** What `$retainKeys` leaves of the original. Throws when the patch sets a key that it does not name. */
export function retainKeys(original: Dict, patch: Dict): Dict {
  const kept = readKey(patch, retainKeysDirective);
  if (kept === undefined) return original;
  if (!Array.isArray(kept)) throw badPatch('invalid patch format of retainKeys');
  for (const key of Object.keys(patch)) {
    const special =
      key === retainKeysDirective || key.startsWith(deleteListDirective) || key.startsWith(orderDirective);
    if (!special && readKey(patch, key) !== null && !kept.includes(key)) {
      throw badPatch('invalid patch format of retainKeys');
    }
  }
  const retained: Dict = {};
  for (const key of Object.keys(original)) if (kept.includes(key)) setKey(retained, key, readKey(original, key));
  return retained;
}

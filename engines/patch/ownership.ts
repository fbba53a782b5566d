import type { UnknownObject } from '@croft/api/object';
import type { FieldType } from '@croft/schema/field-type';

/** What both ways of writing tell of the request. */
export interface OwnershipRequest {
  /** The stored object with its managedFields; undefined when the object is created. */
  readonly live: UnknownObject | undefined;
  readonly manager: string;
  /** Of the version the request is made in; `live` and the new object are in that version. */
  readonly type: FieldType;
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
  /** RFC 3339. Left out, a changed entry has no time, as with the scale subresource. */
  readonly time?: string | undefined;
  /** Paths that this endpoint resets, so that nobody comes to own them by it: `[['status']]`. */
  readonly resetFields?: readonly (readonly string[])[];
  /** The object in another version of its kind, with that version's type; undefined when that is served no more. */
  readonly convert?: (object: UnknownObject, apiVersion: string) => Versioned | undefined;
}

export interface Versioned {
  readonly object: UnknownObject;
  readonly type: FieldType;
}

import type { JsonObject } from '@croft/foundation/json';
import type { FieldType } from '@croft/schema/field-type';

/**
 * The patch that kubectl and Helm send: it brings `current` (the live object) to `modified` (the new manifest) and
 * removes what `original` (the manifest before) had and `modified` no longer has. With a type it is a strategic merge
 * patch, without one a JSON merge patch. Empty when there is nothing to do.
 */
export function createThreeWayPatch(
  _original: JsonObject,
  _modified: JsonObject,
  _current: JsonObject,
  _type?: FieldType,
): JsonObject {
  throw new Error('not built yet');
}

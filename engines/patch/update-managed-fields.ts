import type { UnknownObject } from '@croft/api/object';
import type { OwnershipRequest } from './ownership.ts';

export interface UpdateRequest extends OwnershipRequest {
  /** The object as it is to be stored: decoded, defaulted, its managedFields as the client sent them. */
  readonly next: UnknownObject;
}

/** `next` with the managedFields after a create, update or patch by the manager: what changed is now its own. */
export function updateManagedFields(_request: UpdateRequest): UnknownObject {
  throw new Error('not built yet');
}

/**
 * `next`, or `live` itself when the two differ in nothing but the times of managedFields: then nothing is to be
 * written.
 */
export function withoutTimeChanges(_live: UnknownObject, _next: UnknownObject): UnknownObject {
  throw new Error('not built yet');
}

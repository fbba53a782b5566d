import type { UnknownObject } from '@croft/api/object';
import type { OwnershipRequest } from './ownership.ts';

export interface ApplyRequest extends OwnershipRequest {
  /** The configuration as it was sent, with apiVersion, kind and metadata.name. */
  readonly applied: UnknownObject;
  readonly force?: boolean;
}

export interface Applied {
  /** The merged object with its managedFields; defaults still have to be set. */
  readonly object: UnknownObject;
  /** False when nothing but managedFields may differ from `live`. */
  readonly changed: boolean;
}

/**
 * Server-side apply. Throws StatusError: 409 with a cause for each conflict, 400 and 500 for a configuration that does
 * not fit the type.
 */
export function applyServerSide(_request: ApplyRequest): Applied {
  throw new Error('not built yet');
}

import type { Kind } from '@croft/api/kind';
import type { UnknownObject } from '@croft/api/object';
import { isJsonObject } from '@croft/foundation/json';
import type { CommonMetadata } from '../types.ts';

export interface Placement {
  /** Namespace for objects that name none. */
  namespace: string;
  labels: Record<string, string>;
  commonMetadata?: CommonMetadata | undefined;
}

/**
 * An object as it is applied: in a namespace when its kind has them, with the owner's labels and what all objects get,
 * without what only the API writes, and with a Secret's `stringData` as `data`, so that one writer owns the same fields.
 */
export function normalizeObject(object: UnknownObject, kind: Kind, placement: Placement): UnknownObject {
  const { status: _status, stringData, ...rest } = object;
  const {
    creationTimestamp: _created,
    namespace: _namespace,
    annotations,
    labels,
    ...metadata
  } = object.metadata ?? {};
  const { commonMetadata = {} } = placement;
  const allAnnotations = { ...annotations, ...commonMetadata.annotations };
  const normalized: UnknownObject = {
    ...rest,
    metadata: {
      ...metadata,
      ...(kind.namespaced ? { namespace: object.metadata?.namespace ?? placement.namespace } : {}),
      labels: { ...labels, ...commonMetadata.labels, ...placement.labels },
      ...(Object.keys(allAnnotations).length === 0 ? {} : { annotations: allAnnotations }),
    },
  };
  if (!isJsonObject(stringData)) return normalized;
  if (kind.group !== '' || kind.kind !== 'Secret') return { ...normalized, stringData };
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...normalized, data: { ...(isJsonObject(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) } };
}

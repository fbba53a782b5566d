import { parseApiVersion } from '@croft/api/kind';
import type { UnknownObject } from '@croft/api/object';
import type { Writing } from '../core.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** What admission is asked about. */
export interface Attributes {
  readonly writing: Writing;
  readonly operation: Operation;
  readonly name: string;
  /** Absent for a delete. */
  readonly object: UnknownObject | undefined;
  /** Absent for a create. */
  readonly old: UnknownObject | undefined;
}

const optionKinds: Readonly<Record<Operation, string>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
};

/** The request as webhooks and policies see it (admission.k8s.io/v1 AdmissionRequest), without the objects. */
export function renderRequest({ writing, operation, name }: Attributes): Record<string, unknown> {
  const { served, subresource, namespace, user, options } = writing;
  const { kind, plural } = served.resource;
  const { group, version } = parseApiVersion(served.apiVersion);
  const kindOf = { group, version, kind };
  const resource = { group, version, resource: plural };
  const sub = subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource };
  const { dryRun, fieldManager } = options;
  return {
    kind: kindOf,
    resource,
    requestKind: kindOf,
    requestResource: resource,
    ...sub,
    name,
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    dryRun,
    options: {
      kind: optionKinds[operation],
      apiVersion: 'meta.k8s.io/v1',
      ...(dryRun ? { dryRun: ['All'] } : {}),
      ...(operation === 'DELETE' ? {} : { fieldManager }),
    },
  };
}

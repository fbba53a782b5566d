import type { UnknownObject } from '@croft/api/object';
import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import type { RevisionLog } from '@croft/store/contract';
import type { Authorizer } from './access.ts';
import type { EscalationCheck } from './escalation.ts';
import type { Lookup } from './kind-rules.ts';
import type { WriteOptions } from './options.ts';
import type { QuotaClaims } from './quota-claims.ts';
import type { ResourceTable } from './resource-table.ts';
import type { ServedResource } from './served-resource.ts';
import { keyFor, parseEntry, rangePrefix } from './served-resource.ts';
import type { ServiceAddresses } from './service-addresses.ts';
import type { User } from './user.ts';

/** What every part of the server works with. */
export interface Core {
  readonly store: RevisionLog;
  readonly resources: ResourceTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly lookup: Lookup;
  readonly addresses: ServiceAddresses;
  readonly quotas: QuotaClaims;
  readonly admission: Admission;
  readonly escalation: EscalationCheck;
  readonly authorizer: Authorizer;
}

/** What is asked of others before a write. */
export interface Admission extends Disposable {
  /** Whether anything may have a say in this write; what the server does by itself is not asked about. */
  concerns(writing: Writing): boolean;
  /** The object as it is to be. Throws StatusError. */
  mutate(writing: Writing, object: UnknownObject, old: UnknownObject | undefined): Promise<UnknownObject>;
  /** Throws StatusError. `object` is undefined for a delete. */
  validate(writing: Writing, object: UnknownObject | undefined, old: UnknownObject | undefined): Promise<void>;
}

/** One write on its way through the steps. */
export interface Writing {
  readonly core: Core;
  readonly served: ServedResource;
  readonly user: User;
  /** Empty for a resource without namespaces. */
  readonly namespace: string;
  readonly options: WriteOptions;
  /** Empty, or that through which the object is written: `status`, `scale`. */
  readonly subresource: string;
  /** Texts for Warning headers; steps add to it. */
  readonly warnings: string[];
}

/** How the server itself writes. */
export const ownOptions: WriteOptions = {
  dryRun: false,
  fieldManager: 'croft',
  fieldValidation: 'Ignore',
  force: false,
};

export function createLookup(store: RevisionLog, resources: ResourceTable): Lookup {
  return {
    find(resource, namespace, name): UnknownObject | undefined {
      const served = resources.findStored(resource);
      const entry = served && store.get(keyFor(served, namespace ?? '', name));
      return entry && parseEntry(entry);
    },
    list(resource, namespace): UnknownObject[] {
      const served = resources.findStored(resource);
      if (served === undefined) return [];
      const { entries } = store.range(rangePrefix(served, namespace ?? ''));
      return entries.map(parseEntry);
    },
  };
}

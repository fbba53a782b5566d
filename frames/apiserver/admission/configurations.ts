import type { UnknownObject } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import type { RevisionLog } from '@croft/store/contract';
import { parseEntry, prefixOf } from '../served-resource.ts';
import type { MatchRule, Selectors } from './match.ts';

export interface Condition {
  readonly name: string;
  readonly expression: string;
}

export interface Webhook extends Selectors {
  readonly name: string;
  readonly clientConfig: {
    readonly url?: string;
    readonly service?: { namespace: string; name: string; path?: string; port?: number };
    readonly caBundle?: string;
  };
  readonly rules?: readonly MatchRule[];
  readonly failurePolicy?: string;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly reinvocationPolicy?: string;
  readonly matchConditions?: readonly Condition[];
}

interface MatchResources extends Selectors {
  readonly resourceRules?: readonly MatchRule[];
  readonly excludeResourceRules?: readonly MatchRule[];
}

export interface Policy extends UnknownObject {
  spec?: {
    failurePolicy?: string;
    paramKind?: { apiVersion: string; kind: string };
    matchConstraints?: MatchResources;
    matchConditions?: Condition[];
    variables?: Condition[];
    validations?: { expression: string; message?: string; messageExpression?: string; reason?: string }[];
  };
}

export interface MutatingPolicy extends UnknownObject {
  spec?: Omit<NonNullable<Policy['spec']>, 'validations'> & {
    reinvocationPolicy?: string;
    mutations?: Mutation[];
  };
}

export interface Mutation {
  readonly patchType?: string;
  readonly applyConfiguration?: { readonly expression: string };
  readonly jsonPatch?: { readonly expression: string };
}

export interface PolicyBinding extends UnknownObject {
  spec?: {
    policyName?: string;
    validationActions?: string[];
    matchResources?: MatchResources;
    paramRef?: { name?: string; namespace?: string; selector?: LabelSelector; parameterNotFoundAction?: string };
  };
}

export type { MatchResources };

const group = 'admissionregistration.k8s.io';
const groupPrefix = `/registry/${group}/`;
const prefixes = {
  mutating: prefixOf(group, 'mutatingwebhookconfigurations'),
  validating: prefixOf(group, 'validatingwebhookconfigurations'),
  policies: prefixOf(group, 'validatingadmissionpolicies'),
  bindings: prefixOf(group, 'validatingadmissionpolicybindings'),
  mutatingPolicies: prefixOf(group, 'mutatingadmissionpolicies'),
  mutatingBindings: prefixOf(group, 'mutatingadmissionpolicybindings'),
};

/** The webhooks and policies that are registered now; nothing is looked up while there are none. */
export class AdmissionConfigurations implements Disposable {
  readonly #store: RevisionLog;
  readonly #watch: Disposable;
  #stale = true;
  #mutating: readonly Webhook[] = [];
  #validating: readonly Webhook[] = [];
  #policies: readonly Policy[] = [];
  #bindings: readonly PolicyBinding[] = [];
  #mutatingPolicies: readonly MutatingPolicy[] = [];
  #mutatingBindings: readonly PolicyBinding[] = [];

  constructor(store: RevisionLog) {
    this.#store = store;
    this.#watch = store.watch(groupPrefix, store.revision, {
      onChanges: () => {
        this.#stale = true;
      },
    });
  }

  /** By the names of their configurations, then as they stand there. */
  get mutating(): readonly Webhook[] {
    this.#refresh();
    return this.#mutating;
  }

  get validating(): readonly Webhook[] {
    this.#refresh();
    return this.#validating;
  }

  get policies(): readonly Policy[] {
    this.#refresh();
    return this.#policies;
  }

  get bindings(): readonly PolicyBinding[] {
    this.#refresh();
    return this.#bindings;
  }

  get mutatingPolicies(): readonly MutatingPolicy[] {
    this.#refresh();
    return this.#mutatingPolicies;
  }

  get mutatingBindings(): readonly PolicyBinding[] {
    this.#refresh();
    return this.#mutatingBindings;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #refresh(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const objects = (prefix: string) => this.#store.range(prefix).entries.map(parseEntry);
    const webhooks = (prefix: string) => objects(prefix).flatMap(({ webhooks = [] }) => webhooks as Webhook[]);
    this.#mutating = webhooks(prefixes.mutating);
    this.#validating = webhooks(prefixes.validating);
    this.#policies = objects(prefixes.policies);
    this.#bindings = objects(prefixes.bindings);
    this.#mutatingPolicies = objects(prefixes.mutatingPolicies);
    this.#mutatingBindings = objects(prefixes.mutatingBindings);
  }
}

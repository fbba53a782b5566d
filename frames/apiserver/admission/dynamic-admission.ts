import type { UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import type { RevisionLog } from '@croft/store/contract';
import type { Admission, Writing } from '../core.ts';
import { systemUser } from '../user.ts';
import type { Attributes, Operation } from './attributes.ts';
import { AdmissionConfigurations } from './configurations.ts';
import { mutateByPolicies } from './mutating-policies.ts';
import { validateByPolicies } from './policies.ts';
import { mutateByWebhooks, validateByWebhooks } from './webhooks.ts';

/** Resources on which neither webhooks nor policies have a say, so that nobody locks themselves out. */
const exempt = new Set([
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);

/** Asks admission webhooks and policies, as they are registered. */
export class DynamicAdmission implements Admission {
  readonly #configurations: AdmissionConfigurations;

  constructor(store: RevisionLog) {
    this.#configurations = new AdmissionConfigurations(store);
  }

  concerns({ user, served }: Writing): boolean {
    const { mutating, validating, policies, mutatingPolicies } = this.#configurations;
    const count = mutating.length + validating.length + policies.length + mutatingPolicies.length;
    if (count === 0 || user === systemUser) return false;
    return !exempt.has(served.resource.plural);
  }

  async mutate(writing: Writing, object: UnknownObject, old: UnknownObject | undefined): Promise<UnknownObject> {
    const { mutating } = this.#configurations;
    const byPolicies = mutateByPolicies(this.#configurations, { ...attributesOf(writing, object, old), object });
    if (mutating.length === 0) return byPolicies;
    const byWebhooks = (await mutateByWebhooks(mutating, attributesOf(writing, byPolicies, old))) ?? byPolicies;
    if (jsonEqual(byWebhooks, byPolicies)) return byWebhooks;
    const again = { ...attributesOf(writing, byWebhooks, old), object: byWebhooks };
    return mutateByPolicies(this.#configurations, again, 'IfNeeded');
  }

  async validate(writing: Writing, object: UnknownObject | undefined, old: UnknownObject | undefined): Promise<void> {
    const attributes = attributesOf(writing, object, old);
    if (object === undefined) await mutateByWebhooks(this.#configurations.mutating, attributes);
    validateByPolicies(this.#configurations, attributes);
    await validateByWebhooks(this.#configurations.validating, attributes);
  }

  [Symbol.dispose](): void {
    this.#configurations[Symbol.dispose]();
  }
}

function attributesOf(writing: Writing, object: UnknownObject | undefined, old: UnknownObject | undefined): Attributes {
  const operation: Operation = object === undefined ? 'DELETE' : old === undefined ? 'CREATE' : 'UPDATE';
  const name = (object ?? old)?.metadata?.name ?? '';
  return { writing, operation, name, object, old };
}

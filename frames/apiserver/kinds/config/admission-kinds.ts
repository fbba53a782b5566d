import type { KubeObject } from '@croft/api/object';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import {
  checkBinding,
  checkPolicy,
  checkWebhooks,
  type PolicySpec,
  type Rule,
  type Webhook,
} from './admission-errors.ts';

interface Match {
  matchPolicy?: string;
  namespaceSelector?: unknown;
  objectSelector?: unknown;
  resourceRules?: Rule[];
  excludeResourceRules?: Rule[];
}

interface WebhookConfiguration extends KubeObject {
  webhooks?: Webhook[];
}

const webhookTable = defineTable<WebhookConfiguration>('Name*,Webhooks:integer,Age', (one, nowMs) => [
  nameOf(one),
  one.webhooks?.length ?? 0,
  ageOf(one, nowMs),
]);

function webhookRules(mutating: boolean): KindParts<WebhookConfiguration> {
  return {
    countsGeneration: true,
    default({ webhooks }) {
      for (const webhook of webhooks ?? []) {
        webhook.failurePolicy ??= 'Fail';
        webhook.matchPolicy ??= 'Equivalent';
        webhook.namespaceSelector ??= {};
        webhook.objectSelector ??= {};
        webhook.timeoutSeconds ??= 10;
        if (mutating) webhook.reinvocationPolicy ??= 'Never';
        if (webhook.clientConfig?.service !== undefined) webhook.clientConfig.service.port ??= 443;
        for (const rule of webhook.rules ?? []) rule.scope ??= '*';
      }
    },
    validate: ({ webhooks }) => checkWebhooks(webhooks ?? []),
    table: webhookTable,
  };
}

export const validatingWebhookRules = webhookRules(false);
export const mutatingWebhookRules = webhookRules(true);

interface Policy extends KubeObject {
  spec?: Omit<PolicySpec, 'matchConstraints'> & {
    failurePolicy?: string;
    reinvocationPolicy?: string;
    matchConstraints?: Match;
    mutations?: unknown[];
    paramKind?: { apiVersion?: string; kind?: string };
  };
}

function defaultMatch(match: Match | undefined): void {
  if (match === undefined) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*';
}

const paramKindOf = ({ spec }: Policy) => {
  const kind = spec?.paramKind;
  return kind === undefined ? '<unset>' : `${kind.apiVersion}/${kind.kind}`;
};

export const validatingPolicyRules: KindParts<Policy> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatch(spec.matchConstraints);
  },
  validate: ({ spec }) => checkPolicy(spec ?? {}),
  table: defineTable<Policy>('Name*,Validations:integer,ParamKind,Age', (one, nowMs) => [
    nameOf(one),
    one.spec?.validations?.length ?? 0,
    paramKindOf(one),
    ageOf(one, nowMs),
  ]),
};

export const mutatingPolicyRules: KindParts<Policy> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatch(spec.matchConstraints);
  },
  table: defineTable<Policy>('Name*,Mutations:integer,ParamKind,Age', (one, nowMs) => [
    nameOf(one),
    one.spec?.mutations?.length ?? 0,
    paramKindOf(one),
    ageOf(one, nowMs),
  ]),
};

interface PolicyBinding extends KubeObject {
  spec?: {
    policyName?: string;
    validationActions?: string[];
    matchResources?: Match;
    paramRef?: { name?: string; namespace?: string };
  };
}

const bindingRules = (validating: boolean): KindParts<PolicyBinding> => ({
  countsGeneration: true,
  default: ({ spec }) => defaultMatch(spec?.matchResources),
  validate: ({ spec }) => checkBinding(spec ?? {}, validating),
  table: defineTable<PolicyBinding>('Name*,PolicyName,ParamRef,Age', (one, nowMs) => {
    const { name, namespace } = one.spec?.paramRef ?? {};
    const shown = name === undefined ? '<unset>' : namespace === undefined ? name : `${namespace}/${name}`;
    return [nameOf(one), one.spec?.policyName ?? '', shown, ageOf(one, nowMs)];
  }),
});

export const validatingBindingRules = bindingRules(true);
export const mutatingBindingRules = bindingRules(false);

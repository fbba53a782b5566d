import { duplicateField, type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { dns1123SubdomainErrors } from '@croft/api/names';
import { compileExpression } from '@croft/schema/cel-rule';
import { checkOneOf, duplicates } from '../check.ts';

// pkg/apis/admissionregistration/validation

export interface Rule {
  operations?: string[];
  apiGroups?: string[];
  apiVersions?: string[];
  resources?: string[];
  scope?: string;
}

export interface Webhook {
  name?: string;
  clientConfig?: { url?: string; service?: { namespace?: string; name?: string; port?: number } };
  failurePolicy?: string;
  matchPolicy?: string;
  sideEffects?: string;
  timeoutSeconds?: number;
  reinvocationPolicy?: string;
  namespaceSelector?: unknown;
  objectSelector?: unknown;
  admissionReviewVersions?: string[] | null;
  rules?: Rule[];
}

export function checkWebhooks(webhooks: readonly Webhook[]): FieldError[] {
  const errors = webhooks.flatMap((webhook, index) => checkWebhook(`webhooks[${index}]`, webhook));
  const twice = duplicates(webhooks, ({ name }) => name);
  return [...errors, ...twice.map(([index, { name }]) => duplicateField(`webhooks[${index}].name`, name))];
}

function checkWebhook(path: string, webhook: Webhook): FieldError[] {
  const { name = '', sideEffects, timeoutSeconds: seconds, admissionReviewVersions: versions } = webhook;
  const errors = [
    ...checkFullName(`${path}.name`, name),
    ...(webhook.rules ?? []).flatMap((rule, index) => checkRule(`${path}.rules[${index}]`, rule)),
    ...checkOneOf(`${path}.failurePolicy`, webhook.failurePolicy ?? 'Fail', ['Fail', 'Ignore']),
    ...checkOneOf(`${path}.matchPolicy`, webhook.matchPolicy ?? 'Exact', ['Equivalent', 'Exact']),
  ];
  const calm = ['None', 'NoneOnDryRun'];
  if ((sideEffects ?? null) === null) {
    errors.push(requiredField(`${path}.sideEffects`, `must specify one of ${calm.join(', ')}`));
  } else if (!calm.includes(sideEffects ?? '')) errors.push(unsupportedField(`${path}.sideEffects`, sideEffects, calm));
  if (seconds !== undefined && (seconds < 1 || seconds > 30)) {
    errors.push(invalidField(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'));
  }
  errors.push(...checkClient(`${path}.clientConfig`, webhook.clientConfig), ...checkVersions(path, versions ?? []));
  return errors;
}

function checkFullName(path: string, name: string): FieldError[] {
  if (name === '') return [requiredField(path)];
  const errors = dns1123SubdomainErrors(name);
  if (errors.length > 0) return [invalidField(path, name, errors.join(','))];
  const rule = 'should be a domain with at least three segments separated by dots';
  return name.split('.').length < 3 ? [invalidField(path, name, rule)] : [];
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

export function checkRule(path: string, rule: Rule): FieldError[] {
  const missing = (['operations', 'apiGroups', 'apiVersions', 'resources'] as const).filter(
    (field) => (rule[field] ?? []).length === 0,
  );
  const given = (rule.operations ?? []).flatMap((operation, index) =>
    checkOneOf(`${path}.operations[${index}]`, operation, operations),
  );
  return [...missing.map((field) => requiredField(`${path}.${field}`)), ...given];
}

function checkClient(path: string, client: Webhook['clientConfig']): FieldError[] {
  const { url, service } = client ?? {};
  if ((url === undefined) === (service === undefined)) {
    return [requiredField(path, 'exactly one of url or service is required')];
  }
  if (service !== undefined) {
    const empty = (['namespace', 'name'] as const).filter((field) => !service[field]);
    const what = { namespace: 'service namespace is required', name: 'service name is required' };
    return empty.map((field) => requiredField(`${path}.service.${field}`, what[field]));
  }
  const form = '; desired format: https://host[/path]';
  if (!URL.canParse(url ?? '')) {
    return [requiredField(`${path}.url`, `url must be a valid URL: it cannot be read${form}`)];
  }
  const { protocol } = new URL(url ?? '');
  const scheme = protocol.slice(0, -1);
  if (scheme === 'https') return [];
  const why = `'https' is the only allowed URL scheme${form}`;
  return [invalidField(`${path}.url`, scheme, why)];
}

function checkVersions(path: string, versions: readonly string[]): FieldError[] {
  const at = `${path}.admissionReviewVersions`;
  if (versions.length === 0) return [requiredField(at, 'must specify one of v1, v1beta1')];
  if (versions.includes('v1') || versions.includes('v1beta1')) return [];
  return [invalidField(at, versions, 'must include at least one of v1, v1beta1')];
}

export interface PolicySpec {
  matchConstraints?: { resourceRules?: Rule[] };
  matchConditions?: { name: string; expression: string }[];
  variables?: { name: string; expression: string }[];
  validations?: { expression?: string; message?: string; messageExpression?: string }[];
  auditAnnotations?: unknown[];
}

const names = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables', 'authorizer'];

export function checkPolicy({
  matchConstraints,
  validations = [],
  auditAnnotations = [],
  ...rest
}: PolicySpec): FieldError[] {
  const errors: FieldError[] = [];
  if (matchConstraints === undefined) errors.push(requiredField('spec.matchConstraints'));
  else {
    const rules = matchConstraints.resourceRules ?? [];
    if (rules.length === 0) errors.push(requiredField('spec.matchConstraints.resourceRules'));
    errors.push(...rules.flatMap((rule, index) => checkRule(`spec.matchConstraints.resourceRules[${index}]`, rule)));
  }
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const why = 'validations or auditAnnotations must be non-empty';
    errors.push(requiredField('spec.validations', `${why}; these fields cannot both be empty`));
  }
  const conditions = rest.matchConditions ?? [];
  const variables = rest.variables ?? [];
  return [
    ...errors,
    ...conditions.flatMap(({ expression }, i) => checkExpression(`spec.matchConditions[${i}].expression`, expression)),
    ...variables.flatMap(({ expression }, i) => checkExpression(`spec.variables[${i}].expression`, expression)),
    ...validations.flatMap(({ expression = '' }, i) =>
      checkExpression(`spec.validations[${i}].expression`, expression),
    ),
  ];
}

function checkExpression(path: string, text: string): FieldError[] {
  if (text.trim() === '') return [requiredField(path, 'expression is not specified')];
  const expression = compileExpression(text, names);
  return expression instanceof Error ? [invalidField(path, text, `compilation failed: ${expression.message}`)] : [];
}

interface BindingSpec {
  policyName?: string;
  validationActions?: string[];
}

export function checkBinding({ policyName = '', validationActions }: BindingSpec, validating: boolean): FieldError[] {
  const errors = policyName === '' ? [requiredField('spec.policyName')] : [];
  if (!validating) return errors;
  const actions = validationActions ?? [];
  if (actions.length === 0)
    errors.push(requiredField('spec.validationActions', 'at least one validation action is required'));
  actions.forEach((action, index) => {
    errors.push(...checkOneOf(`spec.validationActions[${index}]`, action, ['Audit', 'Deny', 'Warn']));
  });
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(invalidField('spec.validationActions', actions, why));
  }
  return errors;
}

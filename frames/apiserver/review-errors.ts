import { type FieldError, forbiddenField, invalidField, invalidObject, requiredField } from '@croft/api/field-error';
import { labelValueErrors, qualifiedNameErrors } from '@croft/api/names';
import type { UnknownObject } from '@croft/api/object';

// What is wrong with a question about access (pkg/apis/authorization/validation). The kind is not known where these
// errors are made.

const selectors = ['fieldSelector', 'labelSelector'] as const;

interface Requirement {
  key?: string;
  operator?: string;
  values?: string[];
}

interface Selector {
  rawSelector?: string;
  requirements?: Requirement[];
}

/** What is asked, and of whom. */
export interface AccessSpec {
  user?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
  resourceAttributes?: Partial<Record<'namespace' | 'verb' | 'group' | 'resource' | 'subresource' | 'name', string>> &
    Partial<Record<(typeof selectors)[number], Selector>>;
  nonResourceAttributes?: { path?: string; verb?: string };
}

export function refuseInvalid(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject({ group: 'authorization.k8s.io', kind: '' }, '', errors);
}

export function validateAttributes(body: UnknownObject): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: plain } = (body.spec ?? {}) as AccessSpec;
  if (resource !== undefined && plain !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes';
    return [invalidField('spec.nonResourceAttributes', internalAttributes(plain), why)];
  }
  if (resource !== undefined) return selectors.flatMap((name) => validateSelector(resource[name], name));
  if (plain !== undefined) return [];
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalidField('spec.resourceAttributes', undefined, why)];
}

/** What a selector of a review may say. Operators that are not known yet may stand. */
function validateSelector(selector: Selector | undefined, name: (typeof selectors)[number]): FieldError[] {
  if (selector === undefined) return [];
  const path = `spec.resourceAttributes.${name}`;
  const { rawSelector = '', requirements = [] } = selector;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(invalidField(`${path}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'));
  }
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${path} is specified, requirements or rawSelector is required`;
    errors.push(requiredField(`${path}.requirements`, why));
  }
  const ofOne = name === 'labelSelector' ? labelRequirementErrors : fieldRequirementErrors;
  return [
    ...errors,
    ...requirements.flatMap((requirement, index) => ofOne(requirement, `${path}.requirements[${index}]`)),
  ];
}

function fieldRequirementErrors(requirement: Requirement, path: string): FieldError[] {
  const missing = (requirement.key ?? '') === '' ? [requiredField(`${path}.key`, 'must be specified')] : [];
  return [...missing, ...valueCountErrors(requirement, path)];
}

function labelRequirementErrors(requirement: Requirement, path: string): FieldError[] {
  const { key = '', values = [] } = requirement;
  return [
    ...valueCountErrors(requirement, path),
    ...qualifiedNameErrors(key).map((why) => invalidField(`${path}.key`, key, why)),
    ...values.flatMap((value, index) =>
      labelValueErrors(value).map((why) => invalidField(`${path}.values[${index}]`, value, why)),
    ),
  ];
}

function valueCountErrors({ operator = '', values = [] }: Requirement, path: string): FieldError[] {
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    return [requiredField(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    return [forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  }
  return [];
}

const internalAttributes = ({ path = '', verb = '' }: { path?: string; verb?: string }) => ({ Path: path, Verb: verb });

export function validateSubject(body: UnknownObject): FieldError[] {
  const { user = '', groups = [] } = (body.spec ?? {}) as AccessSpec;
  if (user !== '' || groups.length > 0) return [];
  return [invalidField('spec.user', user, 'at least one of user or group must be specified')];
}

export function validateMetadata({ metadata = {} }: UnknownObject): FieldError[] {
  const { managedFields: _, ...rest } = metadata;
  return Object.keys(rest).length === 0 ? [] : [invalidField('metadata', metadata, 'must be empty')];
}

export function validateLocal({ metadata = {}, spec }: UnknownObject): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: plain } = (spec ?? {}) as AccessSpec;
  const { namespace, managedFields: _, ...rest } = metadata;
  const errors: FieldError[] = [];
  if (Object.keys(rest).length > 0) {
    errors.push(invalidField('metadata', metadata, 'must be empty except for namespace'));
  }
  if (resource !== undefined && resource.namespace !== namespace) {
    const path = 'spec.resourceAttributes.namespace';
    errors.push(invalidField(path, resource.namespace ?? '', 'must match metadata.namespace'));
  }
  if (plain !== undefined) {
    const why = 'disallowed on this kind of request';
    errors.push(invalidField('spec.nonResourceAttributes', internalAttributes(plain), why));
  }
  return errors;
}

import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { dns1035LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import type { StructuralSchema } from '@croft/schema/structural-schema';
import type { DefinitionSpec, Names, Version } from './definition.ts';
import { internalVersions } from './internal-definition.ts';
import {
  validateColumns,
  validateDeprecation,
  validateSchema,
  validateSelectable,
  validateSubresources,
} from './version-errors.ts';

type Part = 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields';

const parts: readonly Part[] = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'];

/** What is wrong with a definition's spec, in the order of apiextensions pkg/apis/apiextensions/validation. */
export function validateSpec(spec: DefinitionSpec): FieldError[] {
  const versions = spec.versions ?? [];
  const common = commonParts(versions);
  return [
    ...validateGroup(spec.group ?? ''),
    ...validateScope(spec.scope ?? ''),
    ...validatePresence(spec, versions),
    ...versions.flatMap((version, index) => validateVersion(version, `spec.versions[${index}]`, common)),
    ...validateVersionList(versions, common),
    ...validateNames(spec.names),
    ...validateCommon(versions, common),
    ...validateConversion(spec.conversion),
  ];
}

/** What all versions say alike is kept once, beside the list of versions: errors name that place. */
function commonParts(versions: readonly Version[]): ReadonlySet<Part> {
  const [first] = versions;
  const alike = (part: Part) =>
    versions.every((version) => jsonEqual(contentOf(version[part]), contentOf(first?.[part])));
  return new Set(parts.filter(alike));
}

const contentOf = (value: unknown): unknown => (Array.isArray(value) && value.length === 0 ? null : (value ?? null));

function validateGroup(group: string): FieldError[] {
  if (group === '') return [requiredField('spec.group')];
  const errors = dns1123SubdomainErrors(group);
  if (errors.length > 0) return [invalidField('spec.group', group, errors.join(','))];
  return group.includes('.') ? [] : [invalidField('spec.group', group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): FieldError[] {
  if (scope === 'Cluster' || scope === 'Namespaced') return [];
  return [
    scope === '' ? requiredField('spec.scope') : unsupportedField('spec.scope', scope, ['Cluster', 'Namespaced']),
  ];
}

function validatePresence({ preserveUnknownFields }: DefinitionSpec, versions: readonly Version[]): FieldError[] {
  const missing = versions.flatMap(({ schema }, index) =>
    schema?.openAPIV3Schema === undefined ? [requiredField(`spec.versions[${index}].schema.openAPIV3Schema`)] : [],
  );
  const hasDefaults = versions.some(({ schema }) => saysDefault(schema?.openAPIV3Schema));
  if (preserveUnknownFields !== true || !hasDefaults) return missing;
  const why = 'must be false in order to use defaults in the schema';
  return [...missing, invalidField('spec.preserveUnknownFields', true, why)];
}

function saysDefault(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false;
  const { items, properties = {}, additionalProperties, default: value } = schema as StructuralSchema;
  return value !== undefined || [items, additionalProperties, ...Object.values(properties)].some(saysDefault);
}

function validateVersion(version: Version, path: string, common: ReadonlySet<Part>): FieldError[] {
  const names = dns1035LabelErrors(version.name ?? '');
  const own = (part: Part) => !common.has(part);
  return [
    ...(names.length === 0 ? [] : [invalidField(`${path}.name`, version.name ?? '', names.join(','))]),
    ...validateDeprecation(version, path),
    ...(own('schema') ? validateSchema(version.schema, hasStatus(version), `${path}.schema`) : []),
    ...(own('subresources') ? validateSubresources(version.subresources, `${path}.subresources`) : []),
    ...(own('additionalPrinterColumns') ? validateColumns(version.additionalPrinterColumns ?? [], path) : []),
    ...(own('selectableFields') ? validateSelectableOf(version, path) : []),
  ];
}

const hasStatus = ({ subresources }: Version): boolean => (subresources?.status ?? undefined) !== undefined;

function validateSelectableOf({ selectableFields, schema }: Version, path: string): FieldError[] {
  if ((selectableFields?.length ?? 0) === 0) return [];
  return validateSelectable(selectableFields ?? [], (schema?.openAPIV3Schema ?? {}) as StructuralSchema, path);
}

function validateVersionList(versions: readonly Version[], common: ReadonlySet<Part>): FieldError[] {
  const refuse = (why: string) => invalidField('spec.versions', shown, why);
  const shown = versions.length === 0 ? null : internalVersions(versions, common);
  const names = versions.map(({ name }) => name ?? '');
  const [first] = names;
  const firstErrors = first === undefined || first === '' ? [] : dns1035LabelErrors(first);
  return [
    ...(new Set(names).size < names.length ? [refuse('must contain unique version names')] : []),
    ...(versions.filter(({ storage }) => storage).length === 1
      ? []
      : [refuse('must have exactly one version marked as storage version')]),
    ...(firstErrors.length === 0 ? [] : [invalidField('spec.version', first, firstErrors.join(','))]),
  ];
}

function validateNames(names: Names | undefined): FieldError[] {
  const required = (['plural', 'singular', 'kind', 'listKind'] as const)
    .filter((field) => !names?.[field])
    .map((field) => requiredField(`spec.names.${field}`));
  const check = (field: string, value: string | undefined, mixedCase = false): FieldError[] => {
    if (!value) return [];
    const errors = dns1035LabelErrors(mixedCase ? value.toLowerCase() : value);
    if (errors.length === 0) return [];
    const hint = mixedCase ? 'may have mixed case, but should otherwise match: ' : '';
    return [invalidField(`spec.names.${field}`, value, hint + errors.join(','))];
  };
  const same = names?.kind && names.kind === names.listKind;
  return [
    ...required,
    ...check('plural', names?.plural),
    ...check('singular', names?.singular),
    ...check('kind', names?.kind, true),
    ...check('listKind', names?.listKind, true),
    ...(names?.shortNames ?? []).flatMap((name, index) => check(`shortNames[${index}]`, name)),
    ...(same ? [invalidField('spec.names.listKind', names.listKind, 'kind and listKind may not be the same')] : []),
    ...(names?.categories ?? []).flatMap((name, index) => check(`categories[${index}]`, name)),
  ];
}

function validateCommon(versions: readonly Version[], common: ReadonlySet<Part>): FieldError[] {
  const [first] = versions;
  if (first === undefined) return [];
  const anyStatus = versions.some(hasStatus);
  return [
    ...(common.has('schema') ? validateSchema(first.schema, anyStatus, 'spec.validation') : []),
    ...(common.has('subresources') ? validateSubresources(first.subresources, 'spec.subresources') : []),
    ...(common.has('additionalPrinterColumns') ? validateColumns(first.additionalPrinterColumns ?? [], 'spec') : []),
    ...(common.has('selectableFields') ? validateSelectableOf(first, 'spec') : []),
  ];
}

/** This server converts with strategy None only. */
function validateConversion(conversion: DefinitionSpec['conversion']): FieldError[] {
  if (conversion === undefined) return [];
  const path = 'spec.conversion';
  const { strategy, webhook } = conversion;
  const known = ['None', 'Webhook'];
  const errors: FieldError[] = [];
  if (strategy === '') errors.push(requiredField(`${path}.strategy`));
  else if (!known.includes(strategy)) errors.push(unsupportedField(`${path}.strategy`, strategy, known));
  if (strategy === 'Webhook') {
    return [...errors, invalidField(`${path}.strategy`, strategy, 'this server converts only with strategy None')];
  }
  const rule = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig !== undefined) errors.push(forbiddenField(`${path}.webhookClientConfig`, rule));
  if ((webhook?.conversionReviewVersions ?? []).length > 0) {
    errors.push(forbiddenField(`${path}.conversionReviewVersions`, rule));
  }
  return errors;
}

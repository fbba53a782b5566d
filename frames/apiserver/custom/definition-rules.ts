import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import { parseStructuralSchema } from '@croft/schema/parse-schema';
import type { KindRules } from '../kind-rules.ts';
import { formatAge } from '../kinds/ages.ts';
import { type Definition, isTrue, type Names } from './definition.ts';

/** The rules of CustomResourceDefinitions themselves, on top of how their type decodes. */
export function definitionRules(base: KindRules): KindRules {
  return {
    ...base,
    default: (object) => applyDefaults(object as Definition),
    prepareForCreate: (object) => {
      const { spec } = object as Definition;
      const storedVersions = (spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);
      object.status = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions };
    },
    prepareForUpdate: (object, old) => {
      const { spec } = object as Definition;
      const status = (old as Definition).status ?? {};
      const stored = status.storedVersions ?? [];
      const current = (spec.versions ?? []).filter(({ storage, name }) => storage && !stored.includes(name));
      object.status = { ...status, storedVersions: [...stored, ...current.map(({ name }) => name)] };
    },
    validate: (object) => [...validateName(object as Definition), ...validateDefinition(object as Definition)],
    validateUpdate: (object, old) => [
      ...validateDefinition(object as Definition),
      ...validateFixed(object as Definition, old as Definition),
    ],
    countsGeneration: true,
    allowsUnconditionalUpdate: false,
    table: {
      columns: [
        { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
        { name: 'Created At', type: 'date', format: '', description: '', priority: 0 },
      ],
      cells: ({ metadata }) => [metadata?.name ?? '', metadata?.creationTimestamp ?? formatAge(undefined, 0)],
    },
  };
}

function applyDefaults({ spec }: Definition): void {
  if (spec?.names === undefined) return;
  const { names } = spec;
  if ((names.singular ?? '') === '') names.singular = (names.kind ?? '').toLowerCase();
  if ((names.listKind ?? '') === '' && (names.kind ?? '') !== '') names.listKind = `${names.kind}List`;
  spec.conversion ??= { strategy: 'None' };
}

function validateName({ metadata, spec }: Definition): FieldError[] {
  const { name = '' } = metadata ?? {};
  if (name === `${spec?.names?.plural ?? ''}.${spec?.group ?? ''}`) return [];
  return [invalidField('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function validateDefinition({ spec }: Definition): FieldError[] {
  if (spec === undefined) return [requiredField('spec')];
  const errors: FieldError[] = [];
  const { group = '', names, scope = '', versions } = spec;
  if (group === '') errors.push(requiredField('spec.group'));
  if (scope !== 'Namespaced' && scope !== 'Cluster') {
    errors.push({
      type: scope === '' ? 'FieldValueRequired' : 'FieldValueNotSupported',
      field: 'spec.scope',
      badValue: scope,
      detail: scope === '' ? '' : 'supported values: "Cluster", "Namespaced"',
    });
  }
  if ((versions ?? []).filter(({ storage }) => storage).length !== 1) {
    errors.push(
      invalidField(
        'spec.versions',
        (versions ?? []).map(({ name }) => name),
        'must have exactly one version marked as storage version',
      ),
    );
  }
  errors.push(...validateNames(names), ...validateSchemas(spec));
  if (spec.conversion?.strategy === 'Webhook') {
    errors.push(invalidField('spec.conversion.strategy', 'Webhook', 'this server converts only with strategy None'));
  }
  return errors;
}

function validateNames(names: Names | undefined): FieldError[] {
  const path = 'spec.names';
  const errors: FieldError[] = [];
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if ((names?.[field] ?? '') === '') errors.push(requiredField(`${path}.${field}`));
  }
  if (names?.kind !== undefined && names.kind !== '' && names.kind === names.listKind) {
    errors.push(invalidField(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  }
  return errors;
}

function validateSchemas(spec: Definition['spec']): FieldError[] {
  return (spec.versions ?? []).flatMap(({ schema }, index) => {
    const path = `spec.versions[${index}].schema.openAPIV3Schema`;
    if (schema?.openAPIV3Schema === undefined) return [requiredField(path, 'schemas are required')];
    return parseStructuralSchema(schema.openAPIV3Schema, path).errors;
  });
}

/** What may not change once the definition is established. */
function validateFixed(definition: Definition, old: Definition): FieldError[] {
  const errors: FieldError[] = [];
  const fixed = (field: string, now: unknown, before: unknown) => {
    if (!jsonEqual(now, before)) errors.push(invalidField(field, now, 'field is immutable'));
  };
  if (isTrue(old, 'Established')) {
    fixed('spec.scope', definition.spec.scope, old.spec.scope);
    fixed('spec.names.kind', definition.spec.names.kind, old.spec.names.kind);
  }
  fixed('spec.group', definition.spec.group, old.spec.group);
  fixed('spec.names.plural', definition.spec.names.plural, old.spec.names.plural);
  return errors;
}

export const asDefinition = (object: UnknownObject): Definition => object as Definition;

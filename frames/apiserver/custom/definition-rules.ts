import { type FieldError, invalidField } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import type { KindRules } from '../kind-rules.ts';
import { formatAge } from '../kinds/ages.ts';
import { defaultNameErrors } from '../object-meta.ts';
import { validateApproval } from './api-approval.ts';
import { type Definition, isTrue } from './definition.ts';
import { validateSpec } from './definition-errors.ts';
import { unknownFormats } from './unknown-formats.ts';

/** The rules of CustomResourceDefinitions themselves, on top of how their type decodes. */
export function definitionRules(base: KindRules): KindRules {
  return {
    ...base,
    default: (object) => applyDefaults(object as Definition),
    prepareForCreate: (object) => {
      const { spec } = object as Definition;
      const storedVersions = (spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name);
      object.status = {
        conditions: null,
        acceptedNames: { plural: '', kind: '' },
        storedVersions: storedVersions.slice(0, 1),
      };
    },
    prepareForUpdate: (object, old) => {
      const { spec } = object as Definition;
      const status = (old as Definition).status ?? {};
      const stored = status.storedVersions ?? [];
      const current = (spec.versions ?? []).find(({ storage }) => storage)?.name;
      const isNew = current !== undefined && !stored.includes(current);
      object.status = { ...status, storedVersions: isNew ? [...stored, current] : stored };
    },
    validateName: defaultNameErrors,
    validate: (object) => [
      ...validateName(object as Definition),
      ...validateDefinition(object as Definition, undefined),
    ],
    validateUpdate: (object, old) => validateDefinition(object as Definition, old as Definition),
    warnings: (object, old) => {
      const before = new Set(old === undefined ? [] : unknownFormats((old as Definition).spec));
      const found = unknownFormats((object as Definition).spec).filter((format) => !before.has(format));
      return found.map((format) => `unrecognized format ${JSON.stringify(format)}`);
    },
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

function validateDefinition(definition: Definition, old: Definition | undefined): FieldError[] {
  const { spec, status } = definition;
  return [
    ...validateSpec(spec),
    ...(old === undefined ? [] : validateFixed(definition, old)),
    ...validateStored(spec, status?.storedVersions ?? []),
    ...validateApproval(definition, old),
    ...(spec.preserveUnknownFields === true && old?.spec.preserveUnknownFields !== true ? [preserves] : []),
  ];
}

const preserves = invalidField(
  'spec.preserveUnknownFields',
  true,
  'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
);

function validateStored({ versions }: Definition['spec'], stored: readonly string[]): FieldError[] {
  const path = 'status.storedVersions';
  if (stored.length === 0) return [invalidField(path, null, 'must have at least one stored version')];
  const names = (versions ?? []).map(({ name }) => name);
  const lacking = (versions ?? []).filter(({ storage, name }) => storage && !stored.includes(name));
  return [
    ...lacking.map(({ name }) => invalidField(path, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, index) => (names.includes(name) ? [] : [goneVersion(`${path}[${index}]`, name)])),
  ];
}

function goneVersion(path: string, name: string): FieldError {
  const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
  return invalidField(path, name, why);
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

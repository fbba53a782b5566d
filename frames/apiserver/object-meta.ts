import { type FieldError, fieldTooLong, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123SubdomainErrors, labelValueErrors, qualifiedNameErrors } from '@croft/api/names';
import type { ObjectMeta } from '@croft/api/object';
import { validateFieldManager } from './options.ts';

// Validation of metadata (apimachinery pkg/api/validation/objectmeta.go).

export interface MetaRules {
  readonly namespaced: boolean;
  /** A custom resource: its finalizers may have names without a domain. */
  readonly custom: boolean;
  validateName(name: string, generated: boolean): string[];
}

export function validateObjectMeta(meta: ObjectMeta, rules: MetaRules): FieldError[] {
  const { name = '', generateName = '', namespace = '' } = meta;
  const errors: FieldError[] = [];
  if (generateName !== '') {
    for (const text of rules.validateName(generateName, true)) {
      errors.push(invalidField('metadata.generateName', generateName, text));
    }
  }
  if (name === '') errors.push(requiredField('metadata.name', 'name or generateName is required'));
  else for (const text of rules.validateName(name, false)) errors.push(invalidField('metadata.name', name, text));
  if (!rules.namespaced && namespace !== '') {
    errors.push(forbiddenField('metadata.namespace', 'not allowed on this type'));
  }
  return [...errors, ...validateSharedMeta(meta, rules.custom)];
}

function validateSharedMeta(meta: ObjectMeta, custom: boolean): FieldError[] {
  return [
    ...((meta.generation ?? 0) < 0
      ? [invalidField('metadata.generation', meta.generation, 'must be greater than or equal to 0')]
      : []),
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations),
    ...validateOwnerReferences(meta.ownerReferences ?? []),
    ...validateFinalizers(meta.finalizers ?? [], custom),
    ...validateManagedFields(meta.managedFields ?? []),
  ];
}

export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return sortedEntries(labels).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map((text) => invalidField(field, key, text)),
    ...labelValueErrors(value).map((text) => invalidField(field, value, text)),
  ]);
}

const maxAnnotationBytes = 256 * 1024;

function validateAnnotations(annotations: Record<string, string> | undefined): FieldError[] {
  const field = 'metadata.annotations';
  let size = 0;
  const errors = sortedEntries(annotations).flatMap(([key, value]) => {
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
    return qualifiedNameErrors(key.toLowerCase()).map((text) => invalidField(field, key, text));
  });
  if (size > maxAnnotationBytes) {
    errors.push({
      type: 'FieldValueTooLong',
      field,
      badValue: '',
      detail: `may not be more than ${maxAnnotationBytes} bytes`,
    });
  }
  return errors;
}

type OwnerReferences = NonNullable<ObjectMeta['ownerReferences']>;

function validateOwnerReferences(references: OwnerReferences): FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors: FieldError[] = [];
  let controller: OwnerReferences[number] | undefined;
  for (const reference of references) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = reference;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    if (version === '' || apiVersion === '') {
      errors.push(invalidField(`${field}.apiVersion`, apiVersion, 'version must not be empty'));
    }
    if (kind === '') errors.push(invalidField(`${field}.kind`, kind, 'must not be empty'));
    if (name === '') errors.push(invalidField(`${field}.name`, name, 'must not be empty'));
    if (uid === '') errors.push(invalidField(`${field}.uid`, uid, 'must not be empty'));
    if (group === '' && version === 'v1' && kind === 'Event') {
      errors.push(invalidField(field, reference, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (reference.controller !== true) continue;
    if (controller !== undefined) {
      const both = `${controller.kind}/${controller.name} and ${kind}/${name}`;
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${both}`;
      errors.push(invalidField(field, references, text));
    }
    controller = reference;
  }
  return errors;
}

export const standardFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function validateFinalizers(finalizers: readonly string[], custom: boolean): FieldError[] {
  const field = 'metadata.finalizers';
  const errors = finalizers.flatMap((finalizer) =>
    qualifiedNameErrors(finalizer).map((text) => invalidField(field, finalizer, text)),
  );
  if (errors.length > 0) return errors;
  const unqualified = finalizers.flatMap((finalizer, index) =>
    custom || finalizer.includes('/') || standardFinalizers.has(finalizer)
      ? []
      : [
          invalidField(
            `${field}[${index}]`,
            finalizer,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    unqualified.push(invalidField(field, 'orphan', 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return unqualified;
}

const longestSubresource = 256;

function validateManagedFields(entries: readonly NonNullable<ObjectMeta['managedFields']>[number][]): FieldError[] {
  return entries.flatMap(({ manager = '', subresource = '' }, index) => {
    const path = `metadata.managedFields[${index}]`;
    const errors = validateFieldManager(manager, `${path}.manager`);
    const tooLong = Buffer.byteLength(subresource) > longestSubresource;
    return tooLong ? [...errors, fieldTooLong(`${path}.subresource`, longestSubresource)] : errors;
  });
}

const immutable = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** `meta` has what it left out filled in from `old`, except where that is part of the rules. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, custom: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const added = (meta.finalizers ?? []).filter((finalizer) => !(old.finalizers ?? []).includes(finalizer));
  if (old.deletionTimestamp !== undefined && added.length > 0) {
    const listed = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    errors.push(
      forbiddenField(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${listed}}`,
      ),
    );
  }
  for (const field of immutable) {
    if (meta[field] !== old[field]) {
      errors.push(invalidField(`metadata.${field}`, meta[field] ?? null, 'field is immutable'));
    }
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalidField('metadata.generation', meta.generation ?? 0, 'must not be decremented'));
  }
  return [...errors, ...validateSharedMeta(meta, custom)];
}

function sortedEntries(record: Record<string, string> | undefined): [string, string][] {
  if (record === undefined) return [];
  return Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
}

export const defaultNameErrors = (name: string, generated: boolean): string[] =>
  dns1123SubdomainErrors(generated ? `${name.replace(/-$/, '')}` : name);

/** Names that only have to fit into a path, as those of roles. */
export function pathNameErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%']
    .filter((character) => name.includes(character))
    .map((character) => `may not contain '${character}'`);
}

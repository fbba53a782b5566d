import { randomUUID } from 'node:crypto';
import { invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { formatTime } from '@croft/foundation/clock';
import { type Entry, RevisionMismatchError } from '@croft/store/contract';
import type { Writing } from './core.ts';
import { alreadyExists, badRequest, forbidden, generatedNameTaken, internal } from './failures.ts';
import { generateName } from './generate-name.ts';
import { checkNamespace } from './namespaces-admission.ts';
import { defaultNameErrors, pathNameErrors, validateObjectMeta } from './object-meta.ts';
import { dropRepeatedOwners } from './owner-references.ts';
import { recordOwnership } from './ownership.ts';
import { rememberFacts } from './selection.ts';
import { keyFor, parseEntry, renderObject } from './served-resource.ts';
import { servicesPrefix } from './service-addresses.ts';

/** What a write left behind: the text of the object in the version asked for, and the entry unless it was a dry run. */
export interface Written {
  readonly text: string;
  readonly entry?: Entry;
  readonly created: boolean;
}

/**
 * Creates a decoded object. The steps are those of apiserver's create handler and its registry, in their order: whoever
 * writes owns what was sent and its defaults, not what admission and the kind add. `applied` objects have their
 * managedFields already.
 */
export async function createObject(writing: Writing, decoded: UnknownObject, applied = false): Promise<Written> {
  const { core, served } = writing;
  const { rules } = served;
  rules.default(decoded);
  checkNamespaceMatches(writing, decoded);
  const asks = core.admission.concerns(writing);
  let object = applied ? decoded : recordOwnership(writing, undefined, decoded);
  setNamespace(writing, object);
  checkCreatable(writing, object.metadata?.name ?? '');
  rules.admit?.(object, undefined, core.lookup);
  if (asks) object = await core.admission.mutate(writing, object, undefined);
  dropRepeatedOwners(object, writing.warnings, 'after admission');
  core.escalation.check(served, writing.user, writing.namespace, object, undefined);
  fillMetadata(writing, object);
  rules.prepareForCreate?.(object, writing.user);
  validateCreate(writing, object);
  writing.warnings.push(...(rules.review?.(object, undefined, core.lookup) ?? []));
  if (asks) await core.admission.validate(writing, object, undefined);
  using _quota = core.quotas.claim(served, object, undefined);
  using _claim = served.prefix === servicesPrefix ? core.addresses.claim(object, undefined) : undefined;
  return await storeNew(writing, object);
}

/** There must be a place for the object. */
function checkCreatable({ core, served, namespace }: Writing, name: string): void {
  checkNamespace(core, served, namespace, name);
  if (!served.terminating) return;
  throw forbidden(served.resource, name, 'create not allowed while custom resource definition is terminating');
}

function checkNamespaceMatches({ namespace, served }: Writing, object: UnknownObject): void {
  const own = object.metadata?.namespace ?? '';
  if (!served.resource.namespaced || own === namespace || own === '') return;
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

function setNamespace({ served, namespace }: Writing, object: UnknownObject): void {
  const { namespace: _, ...meta } = object.metadata ?? {};
  object.metadata = served.resource.namespaced ? { ...meta, namespace } : meta;
}

/** What the server decides itself (apiserver pkg/registry/rest FillObjectMetaSystemFields). */
function fillMetadata({ core, served }: Writing, object: UnknownObject): void {
  const { resourceVersion = '', ...meta } = object.metadata ?? {};
  if (resourceVersion !== '' && resourceVersion !== '0') {
    throw internal('resourceVersion should not be set on objects to be created');
  }
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta.selfLink;
  if ((meta.name ?? '') === '' && (meta.generateName ?? '') !== '') meta.name = generateName(meta.generateName ?? '');
  if (served.rules.countsGeneration) meta.generation = 1;
  meta.uid = randomUUID();
  meta.creationTimestamp = formatTime(core.clock.now());
  object.metadata = meta;
}

function validateCreate({ served, warnings }: Writing, object: UnknownObject): void {
  const { resource, rules } = served;
  const errors = [
    ...validateObjectMeta(object.metadata ?? {}, {
      namespaced: resource.namespaced,
      custom: served.custom,
      validateName:
        rules.validateName ?? (resource.group === 'rbac.authorization.k8s.io' ? pathNameErrors : defaultNameErrors),
    }),
    ...rules.validate(object),
  ];
  if (errors.length > 0) throw invalidObject(resource, object.metadata?.name ?? '', errors);
  warnings.push(...(rules.warnings?.(object, undefined) ?? []));
}

async function storeNew(writing: Writing, object: UnknownObject): Promise<Written> {
  const { core, served, namespace, options } = writing;
  const meta = object.metadata ?? {};
  const name = meta.name ?? '';
  const key = keyFor(served, namespace, name);
  const taken = () =>
    (meta.generateName ?? '') === '' || options.dryRun
      ? alreadyExists(served.resource, name)
      : generatedNameTaken(served.resource, name);
  if (options.dryRun) {
    if (core.store.get(key) !== undefined) throw taken();
    return { text: renderObject(object), created: true };
  }
  try {
    const stored = served.stored(object);
    const entry = await core.store.put(key, (revision) => encodeAt(stored, revision), { expected: 0 });
    if (stored === object) rememberFacts(served, entry, object);
    return { text: served.textOf(entry), entry, created: true };
  } catch (error) {
    throw error instanceof RevisionMismatchError ? taken() : error;
  }
}

/** The text of a stored object with the revision that writes it. */
export function encodeAt(object: UnknownObject, revision: number): string {
  const { resourceVersion: _, ...meta } = object.metadata ?? {};
  return renderObject({ ...object, metadata: { ...meta, resourceVersion: String(revision) } });
}

/** What watchers see of an object that is removed: as it last stood, with the revision that removes it. */
export function lastText(entry: Entry): (revision: number) => string {
  return (revision) => encodeAt(parseEntry(entry), revision);
}

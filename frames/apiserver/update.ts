import { type FieldError, invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import { withoutTimeChanges } from '@croft/patch/update-managed-fields';
import { type Entry, RevisionMismatchError } from '@croft/store/contract';
import type { Writing } from './core.ts';
import { encodeAt, lastText, type Written } from './create.ts';
import { conflict, internal, modifiedText, notFound } from './failures.ts';
import { validateObjectMetaUpdate } from './object-meta.ts';
import { dropRepeatedOwners } from './owner-references.ts';
import { rememberFacts } from './selection.ts';
import { keyFor, objectOf, prefixOf, renderObject, type ServedResource } from './served-resource.ts';
import { servicesPrefix } from './service-addresses.ts';
import { checkSigningRights } from './signing-rights.ts';

/** Makes the new object out of the one that stands; called again when that changed meanwhile. Must not change it. */
export type Change = (old: UnknownObject) => UnknownObject | Promise<UnknownObject>;

/**
 * Changes an object that stands. Without a resourceVersion in the new object whatever stands is changed, however often
 * others change it meanwhile; with one, a change meanwhile is a conflict. Throws NotFound when there is none.
 */
export async function updateObject(writing: Writing, name: string, change: Change): Promise<Written> {
  const { core, served, namespace } = writing;
  const key = keyFor(served, namespace, name);
  for (;;) {
    // Resting on what is being written just now, writes of one object that come together are stored together.
    const entry = core.store.newest(key);
    try {
      if (entry === undefined) throw notFound(served.resource, name);
      const old = objectOf(served, entry);
      const changed = change(old);
      const object = changed instanceof Promise ? await changed : changed;
      if (core.store.newest(key) !== entry) continue;
      checkPreconditions(writing, name, object, old);
      return await writeChange(writing, entry, object, old);
    } catch (error) {
      await core.store.settled();
      if (error instanceof RevisionMismatchError) continue; // another write came while others were asked
      throw error;
    }
  }
}

function checkPreconditions({ served }: Writing, name: string, object: UnknownObject, old: UnknownObject): void {
  const { resourceVersion = '', uid = '' } = object.metadata ?? {};
  if (resourceVersion === '' && served.rules.allowsUnconditionalUpdate === false) {
    throw invalidObject({ ...served.resource, kind: served.resource.plural }, name, [
      invalidField('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  if (resourceVersion !== '' && !/^\d+$/.test(resourceVersion)) {
    throw internal(`strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  }
  if (uid !== '' && uid !== old.metadata?.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata?.uid}`;
    throw conflict(served.resource, name, why);
  }
  if (resourceVersion !== '' && resourceVersion !== '0' && resourceVersion !== old.metadata?.resourceVersion) {
    throw conflict(served.resource, name, modifiedText);
  }
}

async function writeChange(
  writing: Writing,
  entry: Entry,
  changed: UnknownObject,
  old: UnknownObject,
): Promise<Written> {
  const { core, served } = writing;
  let object = changed;
  prepareUpdate(writing, object, old);
  if (writing.subresource === '') {
    served.rules.admit?.(object, old, core.lookup);
    core.escalation.check(served, writing.user, writing.namespace, object, old);
  } else {
    checkSigningRights(writing, object, old);
  }
  const asks = core.admission.concerns(writing);
  if (asks) object = await core.admission.mutate(writing, object, old);
  dropRepeatedOwners(object, writing.warnings, 'after admission');
  validateUpdate(writing, object, old);
  if (writing.subresource === '' || writing.subresource === 'ephemeralcontainers') {
    writing.warnings.push(...(served.rules.review?.(object, old, core.lookup) ?? []));
  }
  if (asks) await core.admission.validate(writing, object, old);
  using _quota = writing.subresource === '' ? core.quotas.claim(served, object, old) : undefined;
  using _claim =
    served.prefix === servicesPrefix && writing.subresource === '' ? core.addresses.claim(object, old) : undefined;
  const unchanged = withoutTimeChanges(old, object) === old;
  if ((unchanged && !isReleased(served, object)) || writing.options.dryRun) {
    await core.store.settled();
    return unchanged
      ? { text: served.textOf(entry), entry, created: false }
      : { text: renderObject(object), created: false };
  }
  if (isReleased(served, object)) return await removeReleased(writing, entry, object);
  return await storeChange(writing, entry, object);
}

/** What an update can not change goes back to what it was (apiserver pkg/registry/rest BeforeUpdate). */
function prepareUpdate({ served, subresource }: Writing, object: UnknownObject, old: UnknownObject): void {
  const { rules, resource } = served;
  const before = old.metadata ?? {};
  const meta = { ...object.metadata };
  object.metadata = meta;
  meta.resourceVersion = before.resourceVersion ?? '';
  meta.uid = before.uid ?? '';
  if (resource.namespaced && before.namespace !== undefined) meta.namespace = before.namespace;
  if (before.creationTimestamp !== undefined) meta.creationTimestamp = before.creationTimestamp;
  if (meta.deletionTimestamp === undefined && before.deletionTimestamp !== undefined) {
    meta.deletionTimestamp = before.deletionTimestamp;
  }
  if (before.deletionGracePeriodSeconds === undefined) delete meta.deletionGracePeriodSeconds;
  else meta.deletionGracePeriodSeconds = before.deletionGracePeriodSeconds;
  if (before.generation === undefined) delete meta.generation;
  else meta.generation = before.generation;
  delete meta.selfLink;
  if (subresource === 'status') {
    if (rules.prepareForStatusUpdate === undefined) keepAllButStatus(object, old);
    else rules.prepareForStatusUpdate(object, old);
    return;
  }
  if (subresource === '') rules.prepareForUpdate?.(object, old);
  else rules.prepareForSubresourceUpdate?.(subresource, object, old);
  if (rules.countsGeneration && (differsBeyondMetadata(served, object, old) || isReannotated(served, object, old)))
    meta.generation = (before.generation ?? 0) + 1;
}

/** What kinds do that say nothing else: metadata may change along with the status. */
function keepAllButStatus(object: UnknownObject, old: UnknownObject): void {
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (field === 'status' || field === 'metadata') continue;
    if (old[field] === undefined) delete object[field];
    else object[field] = old[field];
  }
}

const deploymentsPrefix = prefixOf('apps', 'deployments');

/** ReplicaSets have the annotations of their Deployment: for it they count as much as its spec. */
function isReannotated({ prefix }: ServedResource, object: UnknownObject, old: UnknownObject): boolean {
  if (prefix !== deploymentsPrefix) return false;
  return !jsonEqual(object.metadata?.annotations ?? {}, old.metadata?.annotations ?? {});
}

/** Status counts too, unless it is written apart. */
function differsBeyondMetadata({ resource }: ServedResource, object: UnknownObject, old: UnknownObject): boolean {
  const { metadata: _new, ...now } = object;
  const { metadata: _old, ...before } = old;
  if (resource.subresources.some(({ name }) => name === 'status')) {
    delete now.status;
    delete before.status;
  }
  return !jsonEqual(now, before);
}

function validateUpdate({ served, subresource, warnings }: Writing, object: UnknownObject, old: UnknownObject): void {
  const { resource, rules } = served;
  const name = old.metadata?.name ?? '';
  const metaErrors = validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}, served.custom);
  const own = ownErrors(served, subresource, object, old);
  // Kubernetes looks at the metadata twice: once for all kinds, once in the kind's own rules.
  const errors = [...metaErrors, ...metaErrors, ...own];
  if (errors.length > 0) throw invalidObject(resource, name, errors);
  if (subresource === '') warnings.push(...(rules.warnings?.(object, old) ?? []));
}

function ownErrors(
  { rules }: ServedResource,
  subresource: string,
  object: UnknownObject,
  old: UnknownObject,
): FieldError[] {
  if (subresource === 'status') return rules.validateStatusUpdate?.(object, old) ?? [];
  if (subresource === 'binding' || subresource === 'finalize') return [];
  if (subresource !== '' && rules.validateSubresourceUpdate !== undefined) {
    return rules.validateSubresourceUpdate(subresource, object, old);
  }
  return rules.validateUpdate(object, old);
}

/** Deletion waited for finalizers, and the last one is gone. */
function isReleased(served: ServedResource, object: UnknownObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata ?? {};
  if (deletionTimestamp === undefined || finalizers.length > 0) return false;
  if (served.prefix === '/registry/core/namespaces/') {
    return ((object.spec as { finalizers?: string[] } | undefined)?.finalizers ?? []).length === 0;
  }
  return deletionGracePeriodSeconds === 0;
}

async function removeReleased(writing: Writing, entry: Entry, object: UnknownObject): Promise<Written> {
  const { core, served } = writing;
  const gone = await core.store.delete(entry.key, { expected: entry.revision }, lastText(entry));
  if (gone === undefined) throw notFound(served.resource, object.metadata?.name ?? '');
  return { text: renderObject(object), created: false };
}

async function storeChange(writing: Writing, before: Entry, object: UnknownObject): Promise<Written> {
  const { core, served } = writing;
  const stored = served.stored(object);
  const entry = await core.store.put(before.key, (revision) => encodeAt(stored, revision), {
    expected: before.revision,
  });
  if (stored === object) rememberFacts(served, entry, object);
  return { text: served.textOf(entry), entry, created: false };
}

import type { UnknownObject } from '@croft/api/object';
import { formatTime } from '@croft/foundation/clock';
import { jsonEqual } from '@croft/foundation/json';
import type { Controller } from '../controllers/start.ts';
import type { Core } from '../core.ts';
import { deleteEntries } from '../delete.ts';
import { updateOwn } from '../own-writes.ts';
import { parseEntry, prefixOf, type ServedResource } from '../served-resource.ts';
import { approvalCondition } from './api-approval.ts';
import { type Condition, cleanupFinalizer, type Definition, isTrue, withCondition } from './definition.ts';
import { acceptNames } from './names.ts';
import { serveDefinition } from './serve-definition.ts';

const group = 'apiextensions.k8s.io';
export const definitionsPrefix = prefixOf(group, 'customresourcedefinitions');

/** Serves what the stored definitions say; told of each change as it becomes durable. */
export function followDefinitions(core: Core): Disposable {
  const sync = (key: string) => {
    const entry = core.store.get(key);
    const name = key.slice(definitionsPrefix.length);
    const resources =
      entry === undefined ? [] : serveDefinition(parseEntry(entry) as Definition, entry.createdRevision);
    core.resources.setCustom(name, resources);
  };
  const { entries, revision } = core.store.range(definitionsPrefix);
  for (const { key } of entries) sync(key);
  return core.store.watch(definitionsPrefix, revision, {
    onChanges: (changes) => {
      for (const { entry } of changes) sync(entry.key);
    },
  });
}

/** Accepts names, establishes definitions, and removes their objects before they go. */
export const definitionsController: Controller = {
  name: 'custom-resource-definitions',
  prefixes: ['/registry/'],
  keysOf: ({ type, entry }) => {
    if (entry.key.startsWith(definitionsPrefix)) return [entry.key.slice(definitionsPrefix.length)];
    if (type === 'put') return [];
    const [, , resourceGroup = '', plural = ''] = entry.key.split('/');
    return resourceGroup.includes('.') ? [`${plural}.${resourceGroup}`] : [];
  },
  reconcile: reconcileDefinition,
};

async function reconcileDefinition(core: Core, name: string): Promise<void> {
  const entry = core.store.get(definitionsPrefix + name);
  if (entry === undefined) return;
  const definition = parseEntry(entry) as Definition;
  if (definition.metadata?.deletionTimestamp !== undefined) return await finishDefinition(core, name, definition);
  await establish(core, name, definition);
}

async function establish(core: Core, name: string, definition: Definition): Promise<void> {
  const others = core.store
    .range(definitionsPrefix)
    .entries.map((entry) => parseEntry(entry) as Definition)
    .filter(({ metadata, spec }) => metadata?.name !== name && spec.group === definition.spec.group);
  const { accepted, condition } = acceptNames(definition, others);
  const time = formatTime(core.clock.now());
  const approval = approvalCondition(definition);
  const found = [condition, establishedCondition(definition, condition.status === 'True'), approval ?? []].flat();
  const conditions = found.reduce<readonly Condition[]>(
    (all, one) => withCondition(all, one, time),
    definition.status?.conditions ?? [],
  );
  const status = { ...definition.status, conditions, acceptedNames: accepted };
  if (jsonEqual(status, definition.status)) return;
  const change = (object: UnknownObject): UnknownObject => ({
    ...object,
    status: { ...(object as Definition).status, conditions, acceptedNames: accepted },
  });
  await updateOwn(core, definitionsOf(core), '', name, change, 'status');
}

function establishedCondition(definition: Definition, accepted: boolean): Condition {
  if (accepted || isTrue(definition, 'Established')) {
    return {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    };
  }
  return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

const definitionsOf = (core: Core): ServedResource => core.resources.require(group, 'v1', 'customresourcedefinitions');

/** Deletes all objects; when the last is gone the definition may go too. */
async function finishDefinition(core: Core, name: string, definition: Definition): Promise<void> {
  if (!definition.metadata?.finalizers?.includes(cleanupFinalizer)) return;
  const { group: ofGroup, names } = definition.spec;
  const prefix = prefixOf(ofGroup, names.plural);
  const served = core.resources.all().find((candidate) => candidate.custom && candidate.prefix === prefix);
  if (served !== undefined) {
    await deleteEntries({ core, served }, core.store.range(prefix).entries, { dryRun: false });
  }
  if (core.store.count(prefix) > 0) return;
  await updateOwn(core, definitionsOf(core), '', name, (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      finalizers: (object.metadata?.finalizers ?? []).filter((finalizer) => finalizer !== cleanupFinalizer),
    },
  }));
}

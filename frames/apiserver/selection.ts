import type { UnknownObject } from '@croft/api/object';
import type { Entry } from '@croft/store/contract';
import { badRequest } from './failures.ts';
import { type FieldTerm, parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector } from './label-selector.ts';
import { objectOf, type ServedResource } from './served-resource.ts';

/** Which objects a list or watch shows; undefined shows all. */
export type Selection = (entry: Entry) => boolean;

interface Facts {
  labels: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, string>>;
}

/** What selectors look at, kept as long as the entry itself. */
const facts = new WeakMap<Entry, Facts>();

export function parseSelection(
  served: ServedResource,
  labelSelector: string,
  fieldSelector: string,
): Selection | undefined {
  const byLabels = labelSelector === '' ? undefined : parseLabelSelector(labelSelector);
  const terms = parseFieldSelector(fieldSelector);
  validateTerms(served, terms);
  if (byLabels === undefined && terms.length === 0) return undefined;
  return (entry) => {
    const { labels, fields } = factsOf(served, entry);
    return (
      (byLabels === undefined || byLabels(labels)) &&
      terms.every(({ field, equal, value }) => (fields[field] === value) === equal)
    );
  };
}

/** Keeps what selectors look at of an object that was just written, so that its text need not be parsed again. */
export function rememberFacts(served: ServedResource, entry: Entry, object: UnknownObject): void {
  facts.set(entry, collectFacts(served, object));
}

function factsOf(served: ServedResource, entry: Entry): Facts {
  let found = facts.get(entry);
  if (found === undefined) {
    found = collectFacts(served, objectOf(served, entry));
    facts.set(entry, found);
  }
  return found;
}

function collectFacts(served: ServedResource, object: UnknownObject): Facts {
  const { name = '', namespace, labels } = object.metadata ?? {};
  return {
    labels: labels ?? {},
    fields: {
      'metadata.name': name,
      ...(served.resource.namespaced ? { 'metadata.namespace': namespace ?? '' } : {}),
      ...served.rules.selectableFields?.(object),
    },
  };
}

function validateTerms(served: ServedResource, terms: readonly FieldTerm[]): void {
  if (terms.length === 0) return;
  const known = new Set(Object.keys(collectFacts(served, { metadata: {} }).fields));
  known.add('metadata.namespace');
  for (const { field } of terms) {
    if (known.has(field)) continue;
    const special = served.rules.selectableFields !== undefined;
    throw badRequest(
      special
        ? `field label not supported: ${field}`
        : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
}

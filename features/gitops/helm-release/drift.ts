import type { KubeObject, Stored, UnknownObject } from '@croft/api/object';
import { formatKey, keyOf } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { buildObjects, type ResolvedObject } from '@croft/release/objects';
import { withOwnership } from '@croft/release/ownership';
import type { ReleaseContext } from '@croft/release/release-context';
import { compileIgnoreRules, keepIgnored } from '../manifests/ignore-rules.ts';
import { hasMark } from '../manifests/marks.ts';
import type { DriftDetection } from './types.ts';

const fieldManager = 'helm';
const excluded = { 'helm.toolkit.fluxcd.io/driftDetection': 'disabled' };

/** An object of the cluster that is not as the release has it. */
export interface Drift {
  /** `Deployment/apps/web`. */
  name: string;
  resolved: ResolvedObject;
  /** What has to be applied to put it right. */
  wanted: UnknownObject;
  /** `removed`, or how many fields are others. */
  summary: string;
}

/**
 * Compares what the record's manifest says with what is there, by what a server-side apply would change; places that rules
 * ignore, and objects marked `helm.toolkit.fluxcd.io/driftDetection: disabled`, count as they are.
 */
export async function findDrift(
  context: ReleaseContext,
  record: ReleaseRecord,
  { ignore }: DriftDetection,
): Promise<Drift[]> {
  const ignored = compileIgnoreRules(ignore);
  const objects = await buildObjects(context.client, record.manifest, record.namespace);
  const drifts: Drift[] = [];
  for (const found of objects) {
    const resolved = withOwnership(found, record);
    const { kind, object } = resolved;
    const name = `${kind.kind}/${formatKey(keyOf(object))}`;
    const present = await context.client.find<KubeObject>(kind, keyOf(object));
    if (hasMark(excluded, object, present)) continue;
    if (present === undefined) {
      drifts.push({ name, resolved, wanted: object, summary: 'removed' });
      continue;
    }
    const wanted = keepIgnored(object, present, ignored(object));
    const summary = await compare(context, resolved, wanted, present);
    if (summary !== undefined) drifts.push({ name, resolved, wanted, summary });
  }
  return drifts;
}

/** Puts objects right. Gives a text for each; throws Error naming those that could not be. */
export async function correctDrift({ client }: ReleaseContext, drifts: readonly Drift[]): Promise<string[]> {
  const changes: string[] = [];
  const failures: string[] = [];
  for (const { name, resolved, wanted, summary } of drifts) {
    try {
      await client.apply<KubeObject>(resolved.kind, wanted, { force: true, fieldManager });
      changes.push(`${name} ${summary === 'removed' ? 'created' : 'configured'}`);
    } catch (error) {
      failures.push(`${name}: ${errorMessage(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('; '));
  return changes;
}

/** What an apply would change; undefined when it is nothing, or it is not possible: the next upgrade tells of that. */
async function compare(
  { client, log }: ReleaseContext,
  { kind }: ResolvedObject,
  wanted: UnknownObject,
  present: Stored<KubeObject>,
): Promise<string | undefined> {
  try {
    const after = await client.apply<KubeObject>(kind, wanted, { force: true, fieldManager, dryRun: true });
    const counts = { additions: 0, changes: 0, removals: 0 };
    countDifferences(lasting(present), lasting(after), counts);
    const { additions, changes, removals } = counts;
    if (additions + changes + removals === 0) return undefined;
    return `changed (${additions} additions, ${changes} changes, ${removals} removals)`;
  } catch (error) {
    log.debug('an object cannot be compared with its release', { kind: kind.kind, error: errorMessage(error) });
    return undefined;
  }
}

/** Without what the API writes. */
function lasting({ metadata, ...object }: Stored<KubeObject>): unknown {
  const { status: _, ...rest } = object as UnknownObject;
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations, finalizers, ownerReferences } };
}

interface Counts {
  additions: number;
  changes: number;
  removals: number;
}

/** What would be added, changed and removed; `before` is what is there. */
function countDifferences(before: unknown, after: unknown, counts: Counts): void {
  if (jsonEqual(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((item, index) => {
      countDifferences(item, after[index], counts);
    });
  } else if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      countDifferences(before[key], after[key], counts);
  } else if (before === undefined) counts.additions += 1;
  else if (after === undefined) counts.removals += 1;
  else counts.changes += 1;
}

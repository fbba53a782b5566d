import { pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import { isEnded, isTerminating } from '../pods/pod-state.ts';
import { templateOf } from '../revisions/controller-revisions.ts';
import { ensureClaims, retainClaims } from './claims.ts';
import { firstOrdinal, ordinalOf, podName, renderStatefulPod } from './identity.ts';
import { deletePod, isHealthy, isOfRevision, isOrdered, type SetPass } from './pass.ts';

/**
 * Makes the Pods that are missing, in order. False while, in an ordered set, a Pod must first become ready
 * (pkg/controller/statefulset/stateful_set_control.go).
 */
export async function fillUp(pass: SetPass): Promise<boolean> {
  const { set, wanted } = pass;
  const first = firstOrdinal(set);
  for (let ordinal = first; ordinal < first + (set.spec?.replicas ?? 1); ordinal += 1) {
    const pod = wanted.get(ordinal);
    if (pod !== undefined && isEnded(pod) && !isTerminating(pod)) await recreate(pass, ordinal);
    else if (pod !== undefined && isStuck(pass, pod, ordinal)) await deletePod(pass, pod);
    else if (pod === undefined) await createPod(pass, ordinal);
    else await retainClaims(pass.context, set, ordinal);
    const present = wanted.get(ordinal);
    if (isOrdered(set) && (present === undefined || !isHealthy(pass, present))) return false;
  }
  return true;
}

/**
 * A Pod of another template that runs without being well. Kubernetes would wait for it for ever, even when the template
 * that broke it has been taken back; here it is replaced, as it would be anyway once it were ready.
 */
function isStuck(pass: SetPass, pod: Stored<Pod>, ordinal: number): boolean {
  const { set, update } = pass;
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete' || ordinal < firstOrdinal(set) + (rollingUpdate?.partition ?? 0)) return false;
  const runs = (pod.spec?.nodeName ?? '') !== '';
  return runs && !isTerminating(pod) && !isOfRevision(pod, update) && !isHealthy(pass, pod);
}

/** A Pod that has ended is replaced under the same name. */
async function recreate(pass: SetPass, ordinal: number): Promise<void> {
  const pod = pass.wanted.get(ordinal);
  if (pod === undefined) return;
  const { namespace, name } = pod.metadata;
  const message = `StatefulSet ${namespace}/${pass.set.metadata.name} is recreating terminated Pod ${name}`;
  pass.events.record(pass.set, 'Normal', 'RecreatingTerminatedPod', message);
  await deletePod(pass, pod);
  if (!pass.wanted.has(ordinal)) await createPod(pass, ordinal);
}

async function createPod(pass: SetPass, ordinal: number): Promise<void> {
  const { context, events, set } = pass;
  const revision = revisionFor(pass, ordinal);
  await ensureClaims(context, events, set, ordinal);
  const about = `Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`;
  try {
    const pod = renderStatefulPod(set, templateOf(revision), revision.metadata.name, ordinal);
    pass.wanted.set(ordinal, await context.writer.create(pods, pod));
    events.record(set, 'Normal', 'SuccessfulCreate', `create ${about} successful`);
  } catch (error) {
    events.record(set, 'Warning', 'FailedCreate', `create ${about} failed error: ${errorMessage(error)}`);
    throw error;
  }
}

/** During a rollout a Pod that is missing comes back as it was, unless its turn has come. */
function revisionFor({ set, current, update, wanted }: SetPass, ordinal: number) {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type !== 'RollingUpdate' || current === update) return update;
  const partition = rollingUpdate?.partition ?? 0;
  if (ordinal < firstOrdinal(set) + partition) return current;
  const higherAreNew = [...wanted].every(([other, pod]) => other <= ordinal || isOfRevision(pod, update));
  return higherAreNew ? update : current;
}

/** Deletes the Pods that are too many, the highest first; in an ordered set one at a time. False while one is left. */
export async function cutDown(pass: SetPass): Promise<boolean> {
  const { set, context } = pass;
  for (const pod of [...pass.condemned]) {
    const ordinal = ordinalOf(set, pod) ?? 0;
    await retainClaims(context, set, ordinal, pod);
    if (!isTerminating(pod)) await deletePod(pass, pod);
    if (isOrdered(set) && pass.condemned.length > 0) return false;
  }
  return pass.condemned.length === 0;
}

/** Replaces Pods of an older template, the highest ordinal first, down to the partition. */
export async function rollOut(pass: SetPass): Promise<void> {
  const { set, update, wanted } = pass;
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return;
  const lowest = firstOrdinal(set) + (rollingUpdate?.partition ?? 0);
  const ordinals = [...wanted.keys()].filter((ordinal) => ordinal >= lowest).sort((a, b) => b - a);
  for (const ordinal of ordinals) {
    const pod = wanted.get(ordinal);
    if (pod === undefined) return;
    if (!isOfRevision(pod, update) && !isTerminating(pod)) return await deletePod(pass, pod);
    if (!isHealthy(pass, pod)) return;
  }
}

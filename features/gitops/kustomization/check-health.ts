import { formatKey } from '@croft/api/object';
import { findCondition, isTrue, withCondition, withoutCondition } from '@croft/controller/conditions';
import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { type Awaited, NotReadyError, type WaitContext } from '@croft/release/wait';
import { durationText } from '../duration.ts';
import type { HealthRule } from '../health/health-rule.ts';
import { waitUntilHealthy } from '../health/wait-until-healthy.ts';
import type { KindCache } from '../manifests/kind-cache.ts';
import { type KustomizationPass, specOf, timeoutMsOf } from './pass.ts';
import { kustomizations, type ObjectReference } from './types.ts';

export interface HealthContext extends WaitContext {
  kinds: KindCache;
  rule: HealthRule;
}

/**
 * Waits until what was applied, or what `healthChecks` names, is healthy, and says so in the condition Healthy. Throws
 * ReasonedError naming what is not.
 */
export async function checkHealth(
  context: HealthContext,
  pass: KustomizationPass,
  applied: readonly Awaited[],
  hasChanged: boolean,
): Promise<void> {
  const spec = specOf(pass);
  const asked = spec.wait ? applied : await findReferenced(context, pass, spec.healthChecks ?? []);
  const objects = asked.filter((object) => !isSelf(pass, object));
  if (objects.length === 0) {
    pass.status.conditions = withoutCondition(pass.status.conditions, 'Healthy');
    return;
  }
  const begun = context.clock.now();
  const timeoutMs = timeoutMsOf(spec);
  const wasHealthy = isTrue(pass.status.conditions, 'Healthy');
  if (hasChanged || !wasHealthy) await showProgress(context, pass, timeoutMs);
  try {
    await waitUntilHealthy(context, objects, { rule: context.rule, timeoutMs });
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    note(context, pass, 'False', 'HealthCheckFailed', errorMessage(error));
    throw new ReasonedError('HealthCheckFailed', errorMessage(error), { cause: error });
  }
  if (wasHealthy && !hasChanged) return;
  const message = `Health check passed in ${durationText(context.clock.now() - begun)}`;
  note(context, pass, 'True', 'Succeeded', message);
  pass.events.push({ type: 'Normal', reason: 'Progressing', message });
}

async function showProgress(context: HealthContext, pass: KustomizationPass, timeoutMs: number): Promise<void> {
  const revision = pass.status.lastAttemptedRevision;
  const message = `Running health checks for revision ${revision} with a timeout of ${durationText(timeoutMs)}`;
  note(context, pass, 'Unknown', 'Progressing', message);
  const before = findCondition(pass.object.status?.conditions, 'Ready');
  const shown = before?.status === 'False' ? `${message}; before: ${before.message}` : message;
  await pass.progress(message, { status: 'Unknown', message: shown }); // what failed stays in sight
}

function note(
  { clock }: HealthContext,
  pass: KustomizationPass,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): void {
  const observedGeneration = pass.object.metadata.generation ?? 1;
  const condition = { type: 'Healthy', status, reason, message, observedGeneration };
  pass.status.conditions = withCondition(pass.status.conditions, condition, clock.now());
}

async function findReferenced(
  { kinds }: HealthContext,
  { key }: KustomizationPass,
  references: readonly ObjectReference[],
): Promise<Awaited[]> {
  return await Promise.all(
    references.map(async ({ apiVersion = 'v1', kind: name, ...reference }, index) => {
      const kind = await kinds.find(apiVersion, name);
      if (kind === undefined)
        throw new ReasonedError(
          'HealthCheckFailed',
          `spec.healthChecks[${index}]: the API serves no ${name} of ${apiVersion}; is its CustomResourceDefinition missing?`,
        );
      const namespace = reference.namespace ?? key.namespace;
      return { kind, key: kind.namespaced ? { namespace, name: reference.name } : { name: reference.name } };
    }),
  );
}

/** A Kustomization among what it applies would wait for itself. */
function isSelf({ key }: KustomizationPass, { kind, key: other }: Awaited): boolean {
  return (
    kind.kind === kustomizations.kind && kind.group === kustomizations.group && formatKey(other) === formatKey(key)
  );
}

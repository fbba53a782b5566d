import type { Pod, PodTemplateSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { mayPass } from '@croft/foundation/passing-trouble';

/** A trouble of a Pod that waiting does not heal. */
export interface LastingTrouble {
  /** The container, the reason, and what is wrong. */
  message: string;
  /** How long it must last before it is believed: what is missing may be on its way. */
  patienceMs: number;
  /** The outcome of a try, and not a rest after one, which may have been another Pod's long ago. */
  isOutcome: boolean;
}

/** An image may be pushed a little later than the chart that names it. */
const patienceMs = 30_000;

/** A step of a recipe that ended by itself, or names a file that is not there. */
const failedStep =
  /building at step.*?(?:while running runtime: exit status \d+|copier: stat: .*?no such file or directory)/is;

/** A registry that answers, and does not give the image. */
const refused =
  /manifest unknown|name unknown|not found|does not exist|unauthorized|authentication required|access denied|access to the resource is denied|denied: |no basic auth credentials|no recipe for it is known/i;

const missing = /not found|couldn't find key/i;

/**
 * Why a Pod will not start however long it is waited for: an image that cannot be had, a configuration that cannot be.
 * Only a trouble that the newest template has too counts: Pods of an earlier one may have theirs. Secrets and ConfigMaps that
 * are missing do not count, for others may make them.
 */
export function findLastingTrouble(pod: Pod, template: PodTemplateSpec): LastingTrouble | undefined {
  if (pod.metadata?.deletionTimestamp !== undefined) return undefined;
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const { name, state } of [...initContainerStatuses, ...containerStatuses]) {
    const { reason = '', message = '' } = state?.waiting ?? {};
    const patience = patienceOf(reason, message);
    if (patience === undefined || !isSameContainer(name, pod, template)) continue;
    return {
      message: [`container ${name}`, reason, message].filter(Boolean).join(': '),
      patienceMs: patience,
      isOutcome: reason !== 'ImagePullBackOff',
    };
  }
  return undefined;
}

/** Undefined for what may heal by waiting. */
function patienceOf(reason: string, message: string): number | undefined {
  switch (reason) {
    case 'InvalidImageName':
      return 0;
    case 'ErrImageNeverPull':
      return patienceMs;
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      if (mayPass(message)) return undefined;
      if (failedStep.test(message)) return 0;
      return refused.test(message) ? patienceMs : undefined;
    case 'CreateContainerConfigError':
      return mayPass(message) || missing.test(message) ? undefined : patienceMs;
    default:
      return undefined;
  }
}

/** In what its image and its right to run depend on. */
function isSameContainer(name: string, { spec }: Pod, template: PodTemplateSpec): boolean {
  const find = (of: PodTemplateSpec['spec']) =>
    [...(of?.initContainers ?? []), ...(of?.containers ?? [])].find((container) => container.name === name);
  const [own, wanted] = [find(spec), find(template.spec)];
  if (own === undefined || wanted === undefined || own.image !== wanted.image) return false;
  const pullSecrets = (spec?.imagePullSecrets ?? []).map((secret) => secret.name);
  return (
    (template.spec?.imagePullSecrets ?? []).every((secret) => pullSecrets.includes(secret.name)) &&
    jsonEqual(own.securityContext ?? {}, wanted.securityContext ?? {}) &&
    jsonEqual(spec?.securityContext ?? {}, template.spec?.securityContext ?? {})
  );
}

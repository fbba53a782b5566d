import type { ContainerStatus, Pod } from '@croft/api/types';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** The phase that the states of a Pod's containers amount to, by the kubelet's rules. */
export function podPhase(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  initialized: boolean,
): PodPhase {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  if (!initialized) {
    const failed = init.some(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
    return failed && policy === 'Never' ? 'Failed' : 'Pending';
  }
  const ended = main.filter(({ state, lastState }) => state?.terminated ?? (state?.waiting && lastState?.terminated));
  const running = main.some(({ state }) => state?.running !== undefined);
  if (main.some(({ state, lastState }) => state?.waiting !== undefined && lastState?.terminated === undefined)) {
    return 'Pending';
  }
  if (running || ended.length === 0) return running ? 'Running' : 'Pending';
  if (policy === 'Always') return 'Running';
  const succeeded = ended.filter(({ state }) => state?.terminated?.exitCode === 0).length;
  if (succeeded === main.length) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

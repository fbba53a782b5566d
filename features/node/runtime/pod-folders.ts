import { join } from 'node:path';
import type { Pod } from '@croft/api/types';
import type { ContainerIdentity } from '../pod/container-labels.ts';
import type { NodeContext } from './node-context.ts';

type Dirs = Pick<NodeContext, 'podsDir' | 'logsDir'>;

export function podFolder({ podsDir }: Dirs, uid: string): string {
  return join(podsDir, uid);
}

export function volumesFolder(dirs: Dirs, uid: string): string {
  return join(podFolder(dirs, uid), 'volumes');
}

/** The file in which a container leaves its last words. */
export function lastWordsPath(dirs: Dirs, { pod, name, restartCount }: ContainerIdentity): string {
  return join(podFolder(dirs, pod.uid), 'last-words', name, String(restartCount));
}

export function podLogsFolder({ logsDir }: Dirs, pod: ContainerIdentity['pod']): string {
  return join(logsDir, `${pod.namespace}_${pod.name}_${pod.uid}`);
}

export function logPath(dirs: Dirs, { pod, name, restartCount }: ContainerIdentity): string {
  return join(podLogsFolder(dirs, pod), name, `${restartCount}.log`);
}

export function identityOf(pod: Pod): ContainerIdentity['pod'] {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  return { name, namespace, uid };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type KubeconfigClient, readKubeconfigClient } from '@croft/client/kubeconfig';
import { errorMessage } from '@croft/foundation/errors';
import { defaultDataDir, instancePaths } from '@croft/platform/paths';
import type { Terminal } from '../terminal.ts';
import { atFolder } from './common-flags.ts';
import type { ParsedFlags } from './flags.ts';

interface Place {
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  folder: string;
}

/**
 * A client of the cluster that is meant: by --kubeconfig, KUBECONFIG, the local Croft, or ~/.kube/config, whichever is there
 * first. Throws, in helm's words, when there is none.
 */
export async function connectByKubeconfig(flags: ParsedFlags, place: Place): Promise<KubeconfigClient> {
  const path = findKubeconfig(flags, place);
  const context = flags.text('kube-context') || place.env.HELM_KUBECONTEXT || undefined;
  const onWarning = (text: string) => place.terminal.say(`Warning: ${text}`);
  try {
    return await readKubeconfigClient(path, 'helm', context, onWarning);
  } catch (error) {
    throw new Error(`Kubernetes cluster unreachable: ${errorMessage(error)}`, { cause: error });
  }
}

function findKubeconfig(flags: ParsedFlags, { env, folder }: Place): string {
  const given = flags.text('kubeconfig');
  if (given !== '') return atFolder(folder, given);
  const listed = (env.KUBECONFIG ?? '').split(':').filter((path) => path !== '');
  const named = listed.find((path) => existsSync(path)) ?? listed[0];
  if (named !== undefined) return named;
  const dataDir = env.CROFT_DATA_DIR || defaultDataDir(env, process.getuid?.() ?? 0);
  const known = [instancePaths(dataDir).kubeconfig, join(env.HOME ?? '/', '.kube', 'config')];
  const found = known.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      'Kubernetes cluster unreachable: no Croft is set up here, and there is no ~/.kube/config; name a file with --kubeconfig',
    );
  }
  return found;
}

import { run } from '@croft/foundation/process';
import type { Step } from './session.ts';

/** The sessions were recorded with 1.36; what an older kubectl says otherwise, whatever the server is. */
const changedIn = 34;

/** How a step reads for the kubectl of this machine. */
export async function findStepReader(): Promise<(step: Step) => Step> {
  const { stdout } = await run('kubectl', ['version', '--client', '-o', 'json'], { timeoutMs: 20_000 });
  const { clientVersion } = JSON.parse(stdout) as { clientVersion: { gitVersion: string } };
  const minor = Number(/^v1\.(\d+)/.exec(clientVersion.gitVersion)?.[1] ?? changedIn);
  return minor < changedIn ? asOlderClient : (step) => step;
}

function asOlderClient(step: Step): Step {
  const { stdout, headings } = step;
  return {
    ...step,
    command: step.command.replace(/--cpu=(\d+)%/, '--cpu-percent=$1'),
    stderr: asOlderError(step.stderr),
    ...(stdout === undefined ? {} : { stdout: asOlderOutput(step.command, stdout) }),
    ...(headings === undefined ? {} : { headings: withServiceAccountSecrets(headings) }),
    ...(step.command.startsWith('kubectl version') ? { goText: true } : {}), // it warns of the difference
  };
}

function asOlderOutput(command: string, stdout: string): string {
  const text = stdout.replace(/^(\S+ "[^"]+" (?:force )?deleted) from \S+ namespace/gm, '$1');
  if (command.startsWith('kubectl version -o json')) return text.replace(/^(emulation|minCompatibility)M\w+\n/gm, '');
  const unlabels = /^kubectl label .*\S-( |$)/.test(command);
  return unlabels ? text.replace(/ modified$/m, ' unlabeled') : text;
}

/** No `-o kyaml` yet, and no warning that an undo leaves the annotation of `apply` behind. */
function asOlderError(stderr: string): string {
  return stderr.replace(/^Warning: resource \S+ was previously managed with .*\n/gm, '').replace(',kyaml', '');
}

/** `describe serviceaccount` listed the Secrets of the account until 1.35. */
function withServiceAccountSecrets(headings: readonly string[]): readonly string[] {
  return headings.flatMap((name) => (name === 'Image pull secrets' ? [name, 'Mountable secrets', 'Tokens'] : [name]));
}

import type { KubeObject } from '@croft/api/object';
import { runHelm } from '@croft/cli/helm/run-helm';
import { createClient } from '@croft/client/client';
import { startInformer } from '@croft/client/informer';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { applyOp, findKind } from './apply-op.ts';
import { type Recorder, recordRequests } from './record-requests.ts';
import type { RecordedRequest, Step, When } from './scenario.ts';
import type { World } from './world.ts';

/** How helm ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly RecordedRequest[];
  readonly killed: boolean;
}

const killAfterMs = 200;

/** Runs helm in the scenario's folder, and what happens around it meanwhile. */
export async function runHelmStep(
  world: World,
  step: Step,
  args: readonly string[],
  helmVersion: 3 | 4,
  folder: string,
): Promise<Outcome> {
  const recorder = recordRequests(world.fetch);
  const stack = new AsyncDisposableStack();
  let killed = false;
  try {
    const happenings = (step.during ?? []).map(({ when, then }) =>
      watchFor(world, stack, when, async () => await applyOp(world.client, then)),
    );
    const kill = step.kill;
    if (kill !== undefined) {
      happenings.push(
        watchFor(world, stack, kill.when, async () => {
          await systemClock.wait(killAfterMs);
          killed = true;
          recorder.kill();
        }),
      );
    }
    const ready = await Promise.all(happenings);
    const run = await runCommand(recorder, args, helmVersion, folder);
    for (const { finish } of ready) await finish();
    return { ...run, requests: recorder.requests, killed };
  } finally {
    await stack.disposeAsync();
  }
}

async function runCommand(recorder: Recorder, args: readonly string[], helmVersion: 3 | 4, folder: string) {
  const said = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof said, end: string) => (text: string) => {
    said[stream] += text + end;
  };
  const terminal = { write: into('stdout', ''), print: into('stdout', '\n'), say: into('stderr', '\n') };
  const exitCode = await runHelm(args, {
    terminal,
    env: { TZ: 'UTC', CROFT_HELM_VERSION: String(helmVersion) },
    folder,
    interruption: () => recorder.dead,
    connect: () => Promise.resolve(createClient(recorder.fetch, { fieldManager: 'helm' })),
  });
  return { ...said, exitCode };
}

/** Acts once when an object appears that was not there before; `finish` acts then at the latest, and waits for it. */
async function watchFor(world: World, stack: AsyncDisposableStack, when: When, act: () => Promise<void>) {
  const kind = await findKind(world.client, when.kind);
  const scope = { namespace: when.namespace ?? 'vec' };
  const informer = startInformer<KubeObject>(world.client, kind, { clock: systemClock, log: silentLog, scope });
  stack.use(informer);
  await informer.synced;
  const before = informer.get({ ...scope, name: when.name })?.metadata.uid;
  let acting: Promise<void> | undefined;
  informer.onChange(({ type, object }) => {
    const { name, uid } = object.metadata;
    if (type === 'deleted' || name !== when.name || uid === before) return;
    acting ??= act();
    acting.catch(() => {}); // told by finish
  });
  return {
    finish: async () => {
      acting ??= act();
      await acting;
    },
  };
}

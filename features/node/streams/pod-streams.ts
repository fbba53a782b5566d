import { pods } from '@croft/api/kinds';
import type { ContainerTarget, NodeStreams } from '@croft/apiserver/streams/node-streams';
import type { Informers } from '@croft/client/informers';
import type { Clock } from '@croft/foundation/clock';
import { attachContainer } from '../engine/attach.ts';
import type { Connection } from '../engine/connection.ts';
import { startExec } from '../engine/exec-session.ts';
import type { ContainerView } from '../pod/container-view.ts';
import { readPodViews } from '../runtime/pod-views.ts';
import { connectToPod } from './connect-to-pod.ts';
import { joinProcess } from './join-process.ts';

export interface PodStreamsOptions {
  engine: Connection;
  clock: Clock;
  informers: Informers;
}

/** Exec, attach and port-forward for the Pods of this node. */
export function createPodStreams({ engine, clock, informers }: PodStreamsOptions): NodeStreams {
  return {
    exec: async (target, command, streams) => {
      const { id } = await findRunning(engine, target);
      const { stdin, stdout, stderr, tty, signal } = streams;
      const asked = { stdin: stdin !== undefined, stdout: stdout !== undefined, stderr: stderr !== undefined };
      const session = await startExec(engine, id, { command, tty, ...asked });
      try {
        await joinProcess({ ...session, tty, endsInput: true }, streams, clock);
        return await session.readExitCode(clock, signal);
      } finally {
        // Nobody waits for it any more; as with a kubelet, it does not go on unseen.
        if (signal.aborted) await session.kill();
      }
    },
    attach: async (target, streams) => {
      const { id } = await findRunning(engine, target);
      const { stdin, stdout, stderr } = streams;
      const asked = { stdin: stdin !== undefined, stdout: stdout !== undefined, stderr: stderr !== undefined };
      const pod = informers.of(pods).get({ namespace: target.namespace, name: target.pod });
      const { containers = [], ephemeralContainers = [] } = pod?.spec ?? {};
      const container = [...containers, ...ephemeralContainers].find(({ name }) => name === target.container);
      const endsInput = container?.stdinOnce === true;
      await joinProcess({ ...(await attachContainer(engine, id, asked)), endsInput }, streams, clock);
    },
    connect: async (target, port, signal) => await connectToPod(engine, target, port, signal),
  };
}

/** Throws in the kubelet's words. */
async function findRunning(engine: Connection, { namespace, pod, container }: ContainerTarget): Promise<ContainerView> {
  const views = await readPodViews(engine, { namespace, name: pod });
  if (views.length === 0) throw new Error('unable to upgrade connection: pod does not exist');
  const view = views.find(({ name, state }) => name === container && state === 'running');
  if (view === undefined) throw new Error(`unable to upgrade connection: container not found ("${container}")`);
  return view;
}

import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { ContainerTarget, NodeStreams } from './node-streams.ts';
import { statusOfError, statusOfExit } from './outcome.ts';
import type { ProcessConnection } from './process-connection.ts';

export interface ProcessCall {
  readonly target: ContainerTarget;
  /** Undefined for the container's own process. */
  readonly command: readonly string[] | undefined;
}

/** Joins the client to a process until that ends or the client goes. Never rejects. */
export async function serveProcess(
  node: NodeStreams,
  { target, command }: ProcessCall,
  open: () => Promise<ProcessConnection>,
  log: Log,
): Promise<void> {
  try {
    const connection = await open();
    await connection.finish(await runProcess(node, { target, command }, connection));
  } catch (error) {
    log.debug('a client was not joined to a process', { ...target, error: errorMessage(error) });
  }
}

async function runProcess(node: NodeStreams, { target, command }: ProcessCall, { streams }: ProcessConnection) {
  try {
    if (command !== undefined) return statusOfExit(await node.exec(target, command, streams));
    await node.attach(target, streams);
    return statusOfExit(0);
  } catch (error) {
    return statusOfError(error);
  }
}

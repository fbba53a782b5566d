import type { Log } from '@croft/foundation/log';
import type { ProcessConnection } from './channels.ts';
import type { ContainerTarget, NodeStreams } from './node-streams.ts';
import { statusOfError, statusOfExit } from './outcome.ts';

/** Joins the client to a command, or to the container's own process when there is none, until it ends. */
export async function serveProcess(
  node: NodeStreams,
  target: ContainerTarget,
  command: readonly string[] | undefined,
  connection: ProcessConnection,
  log: Log,
): Promise<void> {
  const { streams } = connection;
  try {
    const exitCode = command === undefined ? 0 : await node.exec(target, command, streams);
    if (command === undefined) await node.attach(target, streams);
    await connection.finish(statusOfExit(exitCode));
  } catch (error) {
    if (!streams.signal.aborted) log.debug('a process could not be joined', { ...target, error });
    await connection.finish(statusOfError(error));
  }
}

import { type Status, StatusError } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';

/** What the error channel says of a command's end (kubelet's remotecommand, `NonZeroExitCode`). */
export function statusOfExit(exitCode: number): Partial<Status> {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** What the error channel says when a process could not be reached. */
export function statusOfError(error: unknown): Partial<Status> {
  const message = errorMessage(error);
  const details = { causes: [{ message }] };
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, details).status;
}

import { type Status, StatusError } from '@croft/api/status';
import { isJsonObject } from '@croft/foundation/json';

/** The StatusError that an answer of 400 and above tells of, whatever its body is. */
export async function readStatusError(response: Response): Promise<StatusError> {
  const text = await response.text();
  const status = parseStatus(text);
  if (status !== undefined) {
    return new StatusError(response.status, status.reason ?? '', status.message ?? response.statusText, status.details);
  }
  const reason = response.status === 404 ? 'NotFound' : response.status === 401 ? 'Unauthorized' : 'Unknown';
  return new StatusError(
    response.status,
    reason,
    text.trim().slice(0, 1000) || `the server answered ${response.status}`,
  );
}

function parseStatus(text: string): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && value.kind === 'Status' ? (value as unknown as Status) : undefined;
  } catch {
    return undefined; // cut off or not JSON: the caller shows the text as it is
  }
}

/** The StatusError inside an ERROR event of a watch. */
export function statusErrorOf(status: Status): StatusError {
  return new StatusError(status.code ?? 500, status.reason ?? '', status.message ?? 'the watch failed', status.details);
}

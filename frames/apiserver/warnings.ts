import { StatusError } from '@croft/api/status';
import type { ApiResponse } from './request.ts';
import { warningHeaders } from './warning-header.ts';

/** Answers with the warnings, that nothing could be done among the answers. `warnings` may grow meanwhile. */
export async function withWarnings(
  warnings: readonly string[],
  respond: () => Promise<ApiResponse> | ApiResponse,
): Promise<ApiResponse> {
  try {
    const response = await respond();
    if (warnings.length === 0) return response;
    return { ...response, headers: { ...response.headers, ...join(warnings, response.headers.warning) } };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const { code = 500, reason = '', message = '', details } = error.status;
    const headers = { ...error.headers, ...join(warnings, error.headers?.warning) };
    throw new StatusError(code, reason, message, details, headers);
  }
}

function join(warnings: readonly string[], more: string | undefined): { warning?: string } {
  const { warning } = warningHeaders(warnings);
  const both = [warning, more].filter((text) => text !== undefined);
  return both.length === 0 ? {} : { warning: both.join(', ') };
}

/** A request that the container engine refused, or that never reached it (`statusCode` 0). */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly statusCode: number;
  /** The system's name of the failure, such as ECONNREFUSED, when the engine was not reached. */
  readonly code: string | undefined;

  constructor(request: string, statusCode: number, reason: string, code?: string) {
    super(statusCode === 0 ? `container engine: ${request}: ${reason}` : reason);
    this.statusCode = statusCode;
    this.code = code;
  }
}

/** No such container, image or network. */
export function isMissing(error: unknown): boolean {
  return error instanceof EngineError && error.statusCode === 404;
}

/** The result, or undefined when the engine knows no such thing. */
export async function orMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The text of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A mistake that a person can mend: the message says what is wrong, where, and what to do. Printed without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

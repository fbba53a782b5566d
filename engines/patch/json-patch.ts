/**
 * Applies the operations of RFC 6902 and shares what they leave alone with the input. Throws StatusError: 400 for
 * what is no patch, 422 for an operation that fails.
 */
export function applyJsonPatch<T>(_document: T, _operations: unknown): T {
  throw new Error('not built yet');
}

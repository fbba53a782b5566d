import type { Problem } from '@croft/platform/status';

/** A problem of the instance in lines for people, with what to do. */
export function formatProblem({ message, todo }: Problem): string[] {
  return [`Problem: ${message}`, ...(todo === '' ? [] : [`  to do: ${todo}`])];
}

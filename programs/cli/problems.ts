import type { ApplicationStatus } from '@croft/platform/application-status';
import { inOneLine } from '@croft/platform/one-line';
import type { Problem } from '@croft/platform/status';

/** More words are in `-o json`. */
const mostWords = 600;

/** A problem of the instance in lines for people, with what to do. */
export function formatProblem({ message, todo }: Problem): string[] {
  return [`Problem: ${inOneLine(message)}`, ...formatTodo(todo)];
}

/** What there is to say of an application, in lines for people; none when all is well. */
export function formatTrouble({ name, enabled, message, todo }: ApplicationStatus): string[] {
  if (!enabled || message === '') return [];
  const line = inOneLine(message);
  return [`${name}: ${line.length > mostWords ? `${line.slice(0, mostWords)} ...` : line}`, ...formatTodo(todo)];
}

/** No line where nothing is to be done. */
export function formatTodo(todo: string): string[] {
  return todo === '' ? [] : [`  to do: ${todo}`];
}

import { isJsonObject } from '@croft/foundation/json';

/** The value at a path of a recorded `bodyPick`: null where there is none. */
export function pick(value: unknown, path: string): unknown {
  return walk(value, parsePath(path)) ?? null;
}

function parsePath(path: string): string[] {
  return path.match(/\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.[\]]+(?:\(\))?/g) ?? [];
}

function walk(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (value === undefined || value === null) return undefined;
  if (step === 'keys()') return isJsonObject(value) ? Object.keys(value).sort() : undefined;
  if (step === 'length()') return Array.isArray(value) ? value.length : Object.keys(value).length;
  if (step === '*') return Array.isArray(value) ? value.map((item) => walk(item, rest) ?? null) : undefined;
  return walk(childOf(value, step), rest);
}

function childOf(value: unknown, step: string): unknown {
  if (step.startsWith('["')) return isJsonObject(value) ? value[JSON.parse(step.slice(1, -1)) as string] : undefined;
  if (step.startsWith('[')) return findElement(value, step.slice(1, -1));
  if (Array.isArray(value)) return value[Number(step)] as unknown;
  return isJsonObject(value) ? value[step] : undefined;
}

function findElement(value: unknown, condition: string): unknown {
  if (!Array.isArray(value)) return undefined;
  const mark = condition.indexOf('=');
  const path = condition.slice(0, mark);
  const wanted = condition.slice(mark + 1);
  return value.find((item) => String(path === '' ? item : pick(item, path)) === wanted) as unknown;
}

import type { Kind } from '@croft/api/kind';
import type { KubeObject, Stored } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import type { WorkloadContext } from './context.ts';

type WithStatus = KubeObject & { status?: unknown };

/** Writes the status where it differs; throws Conflict when the object was changed meanwhile. */
export async function writeStatus<T extends WithStatus>(
  context: WorkloadContext,
  kind: Kind<T>,
  object: Stored<T>,
  status: NonNullable<T['status']>,
): Promise<Stored<T>> {
  if (jsonEqual(object.status ?? {}, status)) return object;
  return await context.writer.replaceStatus(kind, { ...object, status });
}

/** Go leaves most counters out when they are zero; so that a status compares equal to what the server keeps, so do we. */
export function omitZeros<T extends Record<string, number>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)) as Partial<T>;
}

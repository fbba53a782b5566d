import type { Connection } from './connection.ts';
import type { ContainerCreate, ContainerInspect, ContainerSummary } from './container-types.ts';
import { orMissing } from './engine-error.ts';

/** Gives the new container's id. */
export async function createContainer(engine: Connection, name: string, body: ContainerCreate): Promise<string> {
  const created = await engine.call<{ Id: string }>({
    method: 'POST',
    path: '/containers/create',
    query: { name },
    body,
  });
  return created.Id;
}

/** A container that runs already is fine. */
export async function startContainer(engine: Connection, id: string): Promise<void> {
  await engine.call({ method: 'POST', path: `/containers/${id}/start`, timeoutMs: 120_000 });
}

/**
 * Sends the container's stop signal, and SIGKILL after `graceSeconds`; resolves when it has stopped. An absent or
 * stopped container is fine.
 */
export async function stopContainer(engine: Connection, id: string, graceSeconds: number): Promise<void> {
  const path = `/containers/${id}/stop`;
  const timeoutMs = graceSeconds * 1000 + 60_000;
  await orMissing(engine.call({ method: 'POST', path, query: { t: graceSeconds }, timeoutMs }));
}

/** Removes the container, killing it first when it runs. An absent one is fine. */
export async function removeContainer(engine: Connection, id: string): Promise<void> {
  await orMissing(
    engine.call({ method: 'DELETE', path: `/containers/${id}`, query: { force: true, v: true }, timeoutMs: 120_000 }),
  );
}

export async function findContainer(engine: Connection, idOrName: string): Promise<ContainerInspect | undefined> {
  return await orMissing(engine.call<ContainerInspect>({ method: 'GET', path: `/containers/${idOrName}/json` }));
}

/** All containers, running or not, that carry these labels. */
export async function listContainers(
  engine: Connection,
  labels: Readonly<Record<string, string>> = {},
): Promise<ContainerSummary[]> {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return await engine.call<ContainerSummary[]>({
    method: 'GET',
    path: '/containers/json',
    query: { all: true, ...(label.length === 0 ? {} : { filters: JSON.stringify({ label }) }) },
  });
}

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Kind } from '@croft/api/kind';
import { namespaces, secrets } from '@croft/api/kinds';
import type { KubeObject, Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { findCondition } from '@croft/controller/conditions';
import type { ControllerContext } from '@croft/controller/controller';
import { requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import { type Sources, sourceDefinitions, startSources } from '@croft/gitops/start-sources';
import type { SourceObject } from '@croft/gitops/types';
import { startEmbeddedApi, waitUntil } from '../support/embedded-api.ts';

export const namespace = 'apps';

/** An API server in memory with the controllers of sources, in a folder of its own; all gone after the test. */
export interface SourceWorld extends Pick<Sources, 'artifacts'> {
  root: string;
  client: Client;
  context: ControllerContext;
  /** Waits until the object is as the condition says; fails with its last state. */
  until<T extends KubeObject>(
    kind: Kind<T>,
    name: string,
    is: (object: Stored<T> | undefined) => boolean | undefined,
  ): Promise<Stored<T>>;
  /** Creates a source in the namespace and waits until it is ready. */
  createReady<T extends SourceObject>(kind: Kind<T>, name: string, spec: T['spec']): Promise<Stored<T>>;
  /** Changes the source, asks for a reconcile and waits until Ready is this, of the newest generation. */
  change<T extends SourceObject>(
    kind: Kind<T>,
    name: string,
    spec: object,
    ready: 'True' | 'False',
  ): Promise<Stored<T>>;
  createSecret(name: string, stringData: Record<string, string>, type?: string): Promise<void>;
}

export async function startSourceWorld(t: TestContext): Promise<SourceWorld> {
  const { root, stack, ...context } = await startEmbeddedApi(t, sourceDefinitions);
  const { client } = context;
  await client.create(namespaces, { metadata: { name: namespace } });
  const sources = startSources(context, { artifactsDir: join(root, 'artifacts'), cacheDir: join(root, 'cache') });
  stack.use(sources);
  const until: SourceWorld['until'] = (kind, name, is) => waitUntil(context, kind, { namespace, name }, is);
  return {
    root,
    client,
    context,
    artifacts: sources.artifacts,
    until,
    createReady: async (kind, name, spec) => {
      await client.create(kind, { metadata: { namespace, name }, spec } as never);
      return await until(kind, name, (object) => readyOf(object)?.status === 'True');
    },
    change: async (kind, name, spec, ready) => {
      const requestedAt = crypto.randomUUID();
      await client.patch(
        kind,
        { namespace, name },
        {
          metadata: { annotations: { [requestedAtAnnotation]: requestedAt } },
          spec,
        },
      );
      return await until(
        kind,
        name,
        (object) => object?.status?.lastHandledReconcileAt === requestedAt && readyOf(object)?.status === ready,
      );
    },
    createSecret: async (name, stringData, type = 'Opaque') => {
      await client.apply(secrets, { metadata: { namespace, name }, stringData, type }, { force: true });
    },
  };
}

export function readyOf(object: SourceObject | undefined) {
  return findCondition(object?.status?.conditions, 'Ready');
}

export function conditionOf(object: SourceObject, type: string) {
  return findCondition(object.status?.conditions, type);
}

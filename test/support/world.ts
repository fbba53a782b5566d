import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Kind } from '@croft/api/kind';
import { namespaces } from '@croft/api/kinds';
import type { KubeObject, ObjectKey, Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import type { ControllerContext } from '@croft/controller/controller';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { type GitopsOptions, startGitops } from '@croft/gitops/start';
import { startEmbeddedApi, waitUntil } from './embedded-api.ts';

/** An API server in memory with the gitops controllers, in a folder of its own; all gone after the test. */
export interface World {
  root: string;
  client: Client;
  context: ControllerContext;
  /** Waits until the object is as the condition says; fails with its last state. */
  until<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    is: (object: Stored<T> | undefined) => boolean,
  ): Promise<Stored<T> | undefined>;
}

export async function startWorld(t: TestContext, more: Partial<GitopsOptions> = {}): Promise<World> {
  const { root, stack, ...context } = await startEmbeddedApi(t, gitopsDefinitions);
  await context.client.create(namespaces, { metadata: { name: 'croft-system' } });
  stack.use(startGitops(context, { artifactsDir: join(root, 'artifacts'), cacheDir: join(root, 'cache'), ...more }));
  return { root, client: context.client, context, until: (kind, key, is) => waitUntil(context, kind, key, is) };
}

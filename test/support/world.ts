import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { KubeObject, ObjectKey, Stored } from '@croft/api/object';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { systemClock } from '@croft/foundation/clock';
import { createLog, silentLog } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { startGitops } from '@croft/gitops/start';
import { waitForObjects } from '@croft/release/wait';
import { openMemoryStore } from '@croft/store/memory-store';

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

export async function startWorld(t: TestContext): Promise<World> {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const root = await mkdtemp(join(tmpdir(), 'croft-world-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const log =
    process.env.CROFT_TEST_LOG === undefined ? silentLog : createLog((line) => process.stderr.write(line), 'debug');
  const api = stack.use(await createApiServer({ store: openMemoryStore(), clock: systemClock, log }));
  const client = createClient(api.fetch);
  const informers = stack.use(createInformers(client, { clock: systemClock, log }));
  const stop = new AbortController();
  const context = { client, informers, clock: systemClock, log, signal: stop.signal };
  for (const definition of gitopsDefinitions)
    await client.apply(customResourceDefinitions, definition, { force: true });
  await client.create(namespaces, { metadata: { name: 'croft-system' } });
  stack.use(startGitops(context, { artifactsDir: join(root, 'artifacts'), cacheDir: join(root, 'cache') }));
  stack.defer(() => stop.abort(new Error('the test is over')));
  return { root, client, context, until: (kind, key, is) => until(client, kind, key, is) };
}

async function until<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  key: ObjectKey,
  is: (object: Stored<T> | undefined) => boolean,
): Promise<Stored<T> | undefined> {
  let last: Stored<T> | undefined;
  await waitForObjects({ client, clock: systemClock, log: silentLog }, [{ kind, key }], {
    timeoutMs: 60_000,
    done: (object) => {
      last = object as Stored<T> | undefined;
      return is(last)
        ? { status: 'Current', message: '' }
        : {
            status: 'InProgress',
            message: JSON.stringify((object as { status?: unknown })?.status ?? object ?? 'absent'),
          };
    },
  });
  return last;
}

export interface TestRepository {
  dir: string;
  url: string;
  /** Writes the files (undefined removes one) and commits them to main; gives the commit. */
  commit(files: Record<string, string | undefined>): Promise<string>;
}

/** A repository on disk whose commits are pushes. */
export async function createRepository(root: string): Promise<TestRepository> {
  const dir = join(root, 'repository.git');
  const work = join(root, 'work');
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { dirname } = await import('node:path');
  const git = async (...args: string[]) =>
    (
      await run('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { timeoutMs: 30_000 })
    ).stdout.trim();
  await git('init', '--quiet', '--bare', '--initial-branch=main', dir);
  await git('init', '--quiet', '--initial-branch=main', work);
  await git('-C', work, 'remote', 'add', 'origin', dir);
  return {
    dir,
    url: `file://${dir}`,
    commit: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        const path = join(work, name);
        await mkdir(dirname(path), { recursive: true });
        if (text === undefined) await rm(path, { recursive: true, force: true });
        else await writeFile(path, text);
      }
      await git('-C', work, 'add', '--all');
      await git('-C', work, 'commit', '--quiet', '--allow-empty', '-m', 'change');
      await git('-C', work, 'push', '--quiet', '--force', 'origin', 'main');
      return await git('-C', work, 'rev-parse', 'HEAD');
    },
  };
}

import { rm } from 'node:fs/promises';
import { formatKey, keyOf, parseKey } from '@croft/api/object';
import { type Controller, type ControllerContext, onChangeOf } from '@croft/controller/controller';
import { startSourceController } from '../artifact/source-controller.ts';
import { defaultBranch, type GitReference } from '../git/references.ts';
import { isPrivate } from '../git-server/repositories.ts';
import { gitRepositories } from '../types.ts';
import { cacheFolder, fetchRepository, type RepositoryFetch } from './fetch-repository.ts';
import { followLocalPushes } from './local-pushes.ts';

export interface GitRepositoryOptions extends RepositoryFetch {
  /** The folder of a repository that this instance serves itself under the URL; undefined for any other. */
  localPathOf?: (url: string) => string | undefined;
}

/** GitRepository: fetches what a reference of a git repository means. Behaviour of Flux's source-controller. */
export function startGitRepositoryController(context: ControllerContext, options: GitRepositoryOptions): Controller {
  const { cacheDir, artifacts, localPathOf } = options;
  const pathIn = (url: string) => (/^(file:\/\/)?\//.test(url) ? url.replace(/^file:\/\//, '') : undefined);
  /** A repository of the instance's own is read from disk, unless it takes a token to read it. */
  async function placeOf(url: string): Promise<{ watched: string | undefined; url: string }> {
    const own = localPathOf?.(url);
    if (own === undefined) return { watched: pathIn(url), url: pathIn(url) ?? url };
    return { watched: own, url: (await isPrivate(own)) ? url : own };
  }

  const controller = startSourceController(context, {
    name: 'git-repository',
    kind: gitRepositories,
    artifacts,
    concurrency: 8,
    secretsOf: ({ secretRef, proxySecretRef, verify }) => [secretRef, proxySecretRef, verify?.secretRef],
    triggers: [
      onChangeOf(gitRepositories, ({ metadata: { namespace, name } }) =>
        context.informers
          .of(gitRepositories)
          .list(namespace)
          .filter(({ spec }) => spec?.include?.some(({ repository }) => repository.name === name))
          .map(keyOf),
      ),
    ],
    fetchSource: async (pass, spec) => {
      const { watched, url } = await placeOf(spec.url);
      const id = formatKey(pass.key);
      if (watched === undefined) pushes.unfollow(id);
      else pushes.follow(id, watched, watchedReference(spec.ref ?? {}));
      await fetchRepository(context, options, pass, { ...spec, url });
    },
    removeSource: async ({ key, object }) => {
      pushes.unfollow(formatKey(key));
      await rm(cacheFolder(cacheDir, { object }), { recursive: true, force: true });
    },
  });
  const pushes = followLocalPushes((id) => controller.enqueue(parseKey(id)));
  return {
    enqueue: controller.enqueue,
    get idle() {
      return controller.idle;
    },
    [Symbol.asyncDispose]: async () => {
      pushes[Symbol.dispose]();
      await controller[Symbol.asyncDispose]();
    },
  };
}

/** The reference whose changes may change what is meant. */
function watchedReference({ name, semver, tag, branch = defaultBranch }: GitReference): string {
  if (name?.startsWith('refs/') && !name.includes('..')) return name;
  return semver !== undefined || tag !== undefined ? 'refs/tags/any' : `refs/heads/${branch}`;
}

import { rm } from 'node:fs/promises';
import { formatKey, keyOf, parseKey } from '@croft/api/object';
import { type Controller, type ControllerContext, onChangeOf } from '@croft/controller/controller';
import { startSourceController } from '../artifact/source-controller.ts';
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
  const findLocalPath = (url: string) =>
    localPathOf?.(url) ?? (/^(file:\/\/)?\//.test(url) ? url.replace(/^file:\/\//, '') : undefined);

  const controller = startSourceController(context, {
    name: 'git-repository',
    kind: gitRepositories,
    artifacts,
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
      const localPath = findLocalPath(spec.url);
      if (localPath === undefined) pushes.unfollow(formatKey(pass.key));
      else pushes.follow(formatKey(pass.key), localPath, spec.ref?.branch ?? 'master');
      await fetchRepository(context, options, pass, localPath === undefined ? spec : { ...spec, url: localPath });
    },
    removeSource: async ({ key, object }) => {
      pushes.unfollow(formatKey(key));
      if (object.spec === undefined) return;
      const url = findLocalPath(object.spec.url) ?? object.spec.url;
      await rm(cacheFolder(cacheDir, { object }, { url }), { recursive: true, force: true });
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

import { join } from 'node:path';
import { secrets } from '@croft/api/kinds';
import { formatKey, parseKey } from '@croft/api/object';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { type Pass, reconcileSteps } from '@croft/controller/reconcile-steps';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { durationMs } from '../duration.ts';
import { fetchHead, fetchTarball, type GitCredentials, type GitRemote } from '../git/git.ts';
import { type GitRepository, gitRepositories } from '../types.ts';
import { followLocalPushes } from './local-pushes.ts';

export interface GitRepositoryOptions {
  artifacts: ArtifactStore;
  /** Where fetched repositories are kept between fetches. */
  cacheDir: string;
  /** The folder of a repository that this instance serves itself under the URL; undefined for any other. */
  localPathOf?: (url: string) => string | undefined;
}

const finalizer = 'finalizers.fluxcd.io';
const defaultTimeoutMs = 60_000;

/** GitRepository: fetches the head of a branch and keeps it as an artifact. Behaviour of Flux's source-controller. */
export function startGitRepositoryController(
  context: ControllerContext,
  { artifacts, cacheDir, localPathOf }: GitRepositoryOptions,
): Controller {
  const events = createEventRecorder({ ...context, component: 'source-controller' });

  async function fetchSource(pass: Pass<GitRepository>): Promise<void> {
    const spec = specOf(pass);
    const remote = await remoteOf(pass, spec);
    const localPath = localPathOf?.(spec.url) ?? (remote.url.startsWith('/') ? remote.url : undefined);
    if (localPath !== undefined) pushes.follow(formatKey(pass.key), localPath, remote.branch);
    const commit = await failAs('GitOperationFailed', () => fetchHead(remote));
    const revision = `${remote.branch}@sha1:${commit}`;
    pass.ready = { reason: 'Succeeded', message: `stored artifact for revision '${revision}'` };
    pass.requeueAfterMs = durationMs(spec.interval, defaultTimeoutMs);
    if (pass.status.artifact?.revision === revision && (await isKept(pass))) return;
    await pass.progress(`fetching revision '${revision}'`);
    const tarball = await artifacts.temporaryFile();
    const cache = join(cacheDir, sha256Hex(`${pass.object.metadata.uid} ${remote.url}`).slice(0, 32));
    await failAs('GitOperationFailed', () => fetchTarball(remote, commit, cache, tarball));
    const previous = pass.status.artifact;
    pass.status.artifact = await artifacts.keep(nameOf(pass), revision, tarball);
    await artifacts.prune(
      nameOf(pass),
      previous === undefined ? [pass.status.artifact] : [pass.status.artifact, previous],
    );
    pass.events.push({ type: 'Normal', reason: 'NewArtifact', message: pass.ready.message });
  }

  async function removeSource(pass: Pass<GitRepository>): Promise<void> {
    pushes.unfollow(formatKey(pass.key));
    await artifacts.prune(nameOf(pass), []);
  }

  async function isKept(pass: Pass<GitRepository>): Promise<boolean> {
    if (pass.status.artifact === undefined) return false;
    try {
      await artifacts.open(pass.status.artifact);
      return true;
    } catch (error) {
      context.log.info('an artifact is gone and is fetched again', {
        artifact: pass.status.artifact.path,
        error: errorMessage(error),
      });
      return false;
    }
  }

  async function remoteOf(pass: Pass<GitRepository>, spec: NonNullable<GitRepository['spec']>): Promise<GitRemote> {
    const credentials = spec.secretRef && (await readCredentials(pass, spec.secretRef.name));
    return {
      url: spec.url.replace(/^file:\/\//, ''),
      branch: spec.ref?.branch ?? 'master',
      timeoutMs: durationMs(spec.timeout, defaultTimeoutMs),
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  async function readCredentials(pass: Pass<GitRepository>, name: string): Promise<GitCredentials> {
    const namespace = pass.key.namespace;
    const secret = await context.client.find(secrets, { namespace, name });
    const field = (key: string) => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
    if (secret === undefined)
      throw new StalledError(
        'AuthenticationFailed',
        `the Secret ${namespace}/${name} named in secretRef does not exist: create it`,
      );
    const token = field('bearerToken');
    if (token === '' && field('password') === '') {
      throw new StalledError(
        'AuthenticationFailed',
        `the Secret ${namespace}/${name} needs the keys username and password`,
      );
    }
    return { username: field('username') || 'git', password: field('password') || token };
  }

  const controller = startController(context, {
    name: 'git-repository',
    kind: gitRepositories,
    triggers: [
      onChangeOf(secrets, (secret) =>
        context.informers
          .of(gitRepositories)
          .list(secret.metadata.namespace)
          .filter((repository) => repository.spec?.secretRef?.name === secret.metadata.name)
          .map(({ metadata }) => ({ namespace: metadata.namespace, name: metadata.name })),
      ),
    ],
    reconcile: reconcileSteps(context, {
      kind: gitRepositories,
      finalizer,
      steps: [fetchSource],
      finalize: removeSource,
      events,
    }),
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

function specOf(pass: Pass<GitRepository>): NonNullable<GitRepository['spec']> {
  if (pass.object.spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  return pass.object.spec;
}

function nameOf(pass: Pass<GitRepository>): string {
  return `gitrepository/${pass.key.namespace}/${pass.key.name}`;
}

async function failAs<T>(reason: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new ReasonedError(reason, errorMessage(error), { cause: error });
  }
}

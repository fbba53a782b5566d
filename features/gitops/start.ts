import { join } from 'node:path';
import type { ControllerContext } from '@croft/controller/controller';
import { startAlerts } from './alert/dispatch.ts';
import { startLookingAfter } from './alert/look-after.ts';
import { withDiscoveryCache } from './discovery-cache.ts';
import { startHelmReleaseController } from './helm-release/controller.ts';
import { startImagePolicyController } from './image-policy/controller.ts';
import { startImageRepositoryController } from './image-repository/controller.ts';
import { createTagStore } from './image-repository/tag-store.ts';
import { startKustomizationController } from './kustomization/controller.ts';
import { startOlderReleaseController } from './older-release/controller.ts';
import { startReceiverController } from './receiver/controller.ts';
import { createRemoteBases } from './remote-base/fetch-remote-base.ts';
import { type SourcesOptions, startSources } from './start-sources.ts';

/** A share of the work that one of Flux's own controllers does too. */
export type GitopsPart = 'sources' | 'kustomizations' | 'releases' | 'images' | 'notifications';

export interface GitopsOptions extends SourcesOptions {
  /** What is left to others. */
  leave?: ReadonlySet<GitopsPart>;
  /** Beginnings of addresses that kustomizations may refer to on other machines now; none when left out, `*` for all. */
  remoteBases?: () => readonly string[];
}

/** Starts the controllers of sources, Kustomizations and HelmReleases. Their kinds must be in the API: see gitopsDefinitions. */
export function startGitops(given: ControllerContext, options: GitopsOptions): AsyncDisposable {
  const client = withDiscoveryCache(given);
  const context = { ...given, client };
  const { leave = new Set(), remoteBases: allowed = () => [] } = options;
  const sources = startSources(context, { ...options, leaveAll: leave.has('sources') });
  const { artifacts } = sources;
  const fetchRemote = createRemoteBases({ dir: join(options.cacheDir, 'remote-bases'), allowed });
  const tags = createTagStore(join(options.cacheDir, 'image-tags'));
  const starts: readonly [GitopsPart, () => AsyncDisposable][] = [
    ['kustomizations', () => startKustomizationController(context, artifacts, fetchRemote)],
    ['releases', () => startHelmReleaseController(context, artifacts)],
    ['releases', () => startOlderReleaseController(context, artifacts)],
    ['images', () => startImageRepositoryController(context, tags)],
    ['images', () => startImagePolicyController(context, tags)],
    ['notifications', () => startReceiverController(context)],
    ['notifications', () => startAlerts(context)],
    ['notifications', () => startLookingAfter(context)],
  ];
  const controllers = starts.filter(([part]) => !leave.has(part)).map(([, start]) => start());
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
      await sources[Symbol.asyncDispose]();
      client[Symbol.dispose]();
    },
  };
}

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
import { type SourcesOptions, startSources } from './start-sources.ts';

/** A share of the work that one of Flux's own controllers does too. */
export type GitopsPart = 'sources' | 'kustomizations' | 'releases' | 'images' | 'notifications';

export interface GitopsOptions extends SourcesOptions {
  /** What is left to others. */
  leave?: ReadonlySet<GitopsPart>;
}

/** Starts the controllers of sources, Kustomizations and HelmReleases. Their kinds must be in the API: see gitopsDefinitions. */
export function startGitops(given: ControllerContext, options: GitopsOptions): AsyncDisposable {
  const client = withDiscoveryCache(given);
  const context = { ...given, client };
  const { leave = new Set() } = options;
  const sources = startSources(context, { ...options, leaveAll: leave.has('sources') });
  const { artifacts } = sources;
  const tags = createTagStore(join(options.cacheDir, 'image-tags'));
  const starts: readonly [GitopsPart, () => AsyncDisposable][] = [
    ['kustomizations', () => startKustomizationController(context, artifacts)],
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

import { join } from 'node:path';
import type { ControllerContext } from '@croft/controller/controller';
import { startAlerts } from './alert/dispatch.ts';
import { startFreeingObjects } from './alert/free-objects.ts';
import { startHelmReleaseController } from './helm-release/controller.ts';
import { startImagePolicyController } from './image-policy/controller.ts';
import { startImageRepositoryController } from './image-repository/controller.ts';
import { createTagStore } from './image-repository/tag-store.ts';
import { startKustomizationController } from './kustomization/controller.ts';
import { startReceiverController } from './receiver/controller.ts';
import { type SourcesOptions, startSources } from './start-sources.ts';

/** Starts the controllers of sources, Kustomizations and HelmReleases. Their kinds must be in the API: see gitopsDefinitions. */
export function startGitops(context: ControllerContext, options: SourcesOptions): AsyncDisposable {
  const sources = startSources(context, options);
  const { artifacts } = sources;
  const tags = createTagStore(join(options.cacheDir, 'image-tags'));
  const controllers = [
    startKustomizationController(context, artifacts),
    startHelmReleaseController(context, artifacts),
    startImageRepositoryController(context, tags),
    startImagePolicyController(context, tags),
    startReceiverController(context),
    startAlerts(context),
    startFreeingObjects(context),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
      await sources[Symbol.asyncDispose]();
    },
  };
}

import type { ControllerContext } from '@croft/controller/controller';
import { createArtifactStore } from './artifact/artifact-store.ts';
import { startGitRepositoryController } from './git-repository/controller.ts';
import { startHelmReleaseController } from './helm-release/controller.ts';
import { startKustomizationController } from './kustomization/controller.ts';
import { startReceiverController } from './receiver/controller.ts';

export interface GitopsOptions {
  artifactsDir: string;
  /** Where fetched repositories are kept between fetches. */
  cacheDir: string;
  /** The folder of a repository that this instance serves itself under the URL; undefined for any other. */
  localPathOf?: (url: string) => string | undefined;
}

/** Starts the controllers of sources, Kustomizations and HelmReleases. Their kinds must be in the API: see gitopsDefinitions. */
export function startGitops(context: ControllerContext, options: GitopsOptions): AsyncDisposable {
  const artifacts = createArtifactStore(options.artifactsDir, context.clock);
  const controllers = [
    startGitRepositoryController(context, { artifacts, ...options }),
    startKustomizationController(context, artifacts),
    startHelmReleaseController(context, artifacts),
    startReceiverController(context),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
    },
  };
}

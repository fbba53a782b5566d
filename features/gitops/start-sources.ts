import type { CustomResourceDefinition } from '@croft/api/types';
import type { ControllerContext } from '@croft/controller/controller';
import { startArtifactServer } from './artifact/artifact-server.ts';
import { type ArtifactStore, createArtifactStore } from './artifact/artifact-store.ts';
import { startBucketController } from './bucket/controller.ts';
import { bucketDefinition } from './bucket/definition.ts';
import { externalArtifactDefinition } from './external-artifact/definition.ts';
import { startGitRepositoryController } from './git-repository/controller.ts';
import { gitRepositoryDefinition } from './git-repository/definition.ts';
import { startHelmChartController } from './helm-chart/controller.ts';
import { helmChartDefinition } from './helm-chart/definition.ts';
import { startHelmRepositoryController } from './helm-repository/controller.ts';
import { helmRepositoryDefinition } from './helm-repository/definition.ts';
import { startOciRepositoryController } from './oci-repository/controller.ts';
import { ociRepositoryDefinition } from './oci-repository/definition.ts';

export interface SourcesOptions {
  artifactsDir: string;
  /** Where fetched repositories are kept between fetches. */
  cacheDir: string;
  /** The folder of a repository that this instance serves itself under the URL; undefined for any other. */
  localPathOf?: (url: string) => string | undefined;
  /** No source is fetched here: others do it. What they serve can be opened. */
  leaveAll?: boolean;
}

export interface Sources extends AsyncDisposable {
  artifacts: ArtifactStore;
}

export const sourceDefinitions: readonly CustomResourceDefinition[] = [
  gitRepositoryDefinition,
  helmRepositoryDefinition,
  ociRepositoryDefinition,
  bucketDefinition,
  helmChartDefinition,
  externalArtifactDefinition,
];

/** Starts what fetches sources, keeps their artifacts and serves them. */
export function startSources(context: ControllerContext, options: SourcesOptions): Sources {
  const server = startArtifactServer(options.artifactsDir, context.log);
  const artifacts = createArtifactStore(options.artifactsDir, context.clock, server.origin);
  const startAll = () => [
    startGitRepositoryController(context, { artifacts, ...options }),
    startHelmRepositoryController(context, artifacts),
    startOciRepositoryController(context, artifacts),
    startBucketController(context, artifacts),
    startHelmChartController(context, artifacts),
  ];
  const controllers = options.leaveAll === true ? [] : startAll();
  return {
    artifacts,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
      await server[Symbol.asyncDispose]();
    },
  };
}

import { join } from 'node:path';
import type { Controller, ControllerContext } from '@croft/controller/controller';
import { StalledError } from '@croft/controller/outcome';
import { showUrl } from '@croft/repository/http/connection';
import { fetchIndex, type Validators } from '@croft/repository/index/fetch-index';
import { readIndex } from '@croft/repository/index/index-file';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { announceNew, type SourcePass, setArtifact, under } from '../artifact/source-conditions.ts';
import { artifactName, startSourceController } from '../artifact/source-controller.ts';
import { readRepositoryConnection } from './repository-connection.ts';
import { type HelmRepository, type HelmRepositorySpec, helmRepositories } from './types.ts';

/**
 * HelmRepository: keeps the index of a chart repository as an artifact. One of a registry (`type: oci`) has no index: it
 * only says where the registry is. Behaviour of Flux's source-controller.
 */
export function startHelmRepositoryController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  /** What servers said of the indexes that are kept, by uid. */
  const known = new Map<string, Validators & { revision: string; url: string }>();

  async function fetchRepository(pass: SourcePass<HelmRepository>, spec: HelmRepositorySpec): Promise<void> {
    const connection = await under(pass, 'FetchFailed', 'AuthenticationFailed', () =>
      readRepositoryConnection(context.client, pass.key.namespace, spec, pass.signal),
    );
    await using scratch = await artifacts.openScratch();
    const path = join(scratch.folder, 'index.yaml');
    const { uid } = pass.object.metadata;
    const before = known.get(uid);
    const present = pass.status.artifact;
    const isKnown = before !== undefined && before.revision === present?.revision && before.url === spec.url;
    const fetched = await under(pass, 'FetchFailed', 'Failed', () =>
      fetchIndex(spec.url, path, connection, isKnown ? before : {}),
    );
    const revision = fetched?.digest ?? present?.revision ?? '';
    const message = `stored artifact: revision '${revision}'`;
    if (fetched !== undefined) known.set(uid, { ...fetched.validators, revision, url: spec.url });
    if (present?.revision === revision) return setArtifact(pass, present, message);
    await under(pass, 'FetchFailed', 'IndexationFailed', () => readIndex(path));
    await announceNew(pass, `new index revision '${revision}'`);
    const artifact = await under(pass, 'StorageOperationFailed', 'ArchiveOperationFailed', () =>
      artifacts.keepFile(artifactName(pass), revision, path),
    );
    const told = `stored fetched index of ${artifact.size} bytes from '${showUrl(spec.url)}'`;
    setArtifact(pass, artifact, message, { told });
  }

  return startSourceController(context, {
    name: 'helm-repository',
    kind: helmRepositories,
    artifacts,
    secretsOf: ({ secretRef, certSecretRef }) => [secretRef, certSecretRef],
    fetchSource: async (pass, spec) => {
      const isOci = spec.url.startsWith('oci://');
      if (isOci !== (spec.type === 'oci'))
        throw new StalledError(
          'URLInvalid',
          isOci
            ? `spec.url "${spec.url}" names a registry: set spec.type to oci`
            : `spec.type is oci, but spec.url "${spec.url}" does not begin with oci://`,
        );
      if (!isOci) return await fetchRepository(pass, spec);
      delete pass.status.artifact;
      pass.ready = { reason: 'Succeeded', message: 'charts are looked up in the registry when they are asked for' };
    },
    removeSource: async ({ object }) => {
      known.delete(object.metadata.uid);
    },
  });
}

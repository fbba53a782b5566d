import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Controller, ControllerContext } from '@croft/controller/controller';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { jsonEqual } from '@croft/foundation/json';
import { saveBlob } from '@croft/repository/oci/blob';
import { type Descriptor, fetchManifest, type Manifest } from '@croft/repository/oci/manifest';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { unpackTarball } from '../artifact/pack-folder.ts';
import {
  announceNew,
  dropConditions,
  type SourcePass,
  setArtifact,
  setCondition,
  under,
} from '../artifact/source-conditions.ts';
import { artifactName, startSourceController } from '../artifact/source-controller.ts';
import { createSourceFilter, parseIgnorePatterns, readIgnoreFiles } from '../artifact/source-ignore.ts';
import type { Artifact } from '../types.ts';
import { chooseArtifact, parseRepositoryUrl } from './choose-artifact.ts';
import { openSourceRegistry } from './registry-access.ts';
import { type OciRepository, type OciRepositorySpec, ociRepositories } from './types.ts';

const largestLayer = 2 * 1024 ** 3;

/** OCIRepository: keeps a layer of an OCI artifact. Behaviour of Flux's source-controller. */
export function startOciRepositoryController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  async function fetchSource(pass: SourcePass<OciRepository>, spec: OciRepositorySpec): Promise<void> {
    const reference = parseRepositoryUrl(spec.url);
    refuseVerification(pass, spec.verify?.provider);
    const registry = await under(pass, 'FetchFailed', 'AuthenticationFailed', () =>
      openSourceRegistry(context.client, pass.key.namespace, reference.host, spec, pass.signal),
    );
    const pulling = <T>(work: () => Promise<T>) => under(pass, 'FetchFailed', 'OCIArtifactPullFailed', work);
    const { digest, revision } = await pulling(() => chooseArtifact(registry, reference, spec));
    const message = `stored artifact for digest '${revision}'`;
    const present = pass.status.artifact;
    if (present?.revision === revision && isAsObserved(pass, spec)) return setArtifact(pass, present, message);
    if (present?.revision !== revision) await announceNew(pass, `new revision '${revision}' for '${spec.url}'`);
    await using scratch = await artifacts.openScratch();
    const file = join(scratch.folder, 'layer.tgz');
    const manifest = await pulling(() => fetchManifest(registry, reference.repository, digest));
    const layer = await under(pass, 'FetchFailed', 'OCIArtifactLayerOperationFailed', async () =>
      selectLayer(spec, manifest),
    );
    await pulling(() => saveBlob(registry, reference.repository, layer, file, largestLayer));
    const artifact = await keepLayer(pass, spec, file, revision);
    if (Object.keys(manifest.annotations).length > 0) artifact.metadata = manifest.annotations;
    setArtifact(pass, artifact, message, { told: describeArtifact(artifact, spec.url) });
    observe(pass, spec);
  }

  async function keepLayer(
    pass: SourcePass<OciRepository>,
    spec: OciRepositorySpec,
    file: string,
    revision: string,
  ): Promise<Artifact> {
    const name = artifactName(pass);
    if (spec.layerSelector?.operation === 'copy') return await artifacts.keepFile(name, revision, file);
    const folder = join(dirname(file), 'files');
    await mkdir(folder);
    await under(pass, 'FetchFailed', 'OCIArtifactLayerOperationFailed', () => unpackTarball(file, folder, pass.signal));
    return await under(pass, 'StorageOperationFailed', 'ArchiveOperationFailed', async () => {
      const patterns = [...(await readIgnoreFiles(folder)), ...parseIgnorePatterns(spec.ignore ?? '')];
      return await artifacts.keepFolder(name, revision, folder, createSourceFilter(patterns));
    });
  }

  return startSourceController(context, {
    name: 'oci-repository',
    kind: ociRepositories,
    artifacts,
    secretsOf: ({ secretRef, certSecretRef, proxySecretRef }) => [secretRef, certSecretRef, proxySecretRef],
    fetchSource,
  });
}

/** A signature that is asked for and cannot be checked counts as a wrong one. */
function refuseVerification(pass: SourcePass<OciRepository>, provider: string | undefined): void {
  if (provider === undefined) return dropConditions(pass, 'SourceVerified');
  const message = `spec.verify: signatures of ${provider} cannot be verified here; nothing is fetched unless spec.verify is removed`;
  setCondition(pass, 'SourceVerified', 'False', 'VerificationError', message);
  throw new StalledError('VerificationError', message);
}

function selectLayer({ layerSelector, url }: OciRepositorySpec, { layers }: Manifest): Descriptor {
  const wanted = layerSelector?.mediaType;
  const layer = wanted === undefined ? layers[0] : layers.find(({ mediaType }) => mediaType === wanted);
  if (layer !== undefined) return layer;
  const present = layers.map(({ mediaType }) => mediaType).join(', ') || 'none';
  throw new ReasonedError(
    'OCIArtifactLayerOperationFailed',
    `${url}: the artifact has no layer${wanted === undefined ? '' : ` of the media type '${wanted}'`}; it has ${present}`,
  );
}

function describeArtifact({ revision, metadata = {} }: Artifact, url: string): string {
  const source = metadata['org.opencontainers.image.source'];
  const origin = metadata['org.opencontainers.image.revision'];
  const from = source && origin ? `, origin source '${source}', origin revision '${origin}'` : '';
  return `stored artifact with revision '${revision}' from '${url}'${from}`;
}

function isAsObserved({ status }: SourcePass<OciRepository>, { ignore, layerSelector }: OciRepositorySpec): boolean {
  return ignore === status.observedIgnore && jsonEqual(layerSelector, status.observedLayerSelector);
}

function observe({ status }: SourcePass<OciRepository>, { ignore, layerSelector }: OciRepositorySpec): void {
  delete status.observedIgnore;
  delete status.observedLayerSelector;
  if (ignore !== undefined) status.observedIgnore = ignore;
  if (layerSelector !== undefined) status.observedLayerSelector = layerSelector;
}

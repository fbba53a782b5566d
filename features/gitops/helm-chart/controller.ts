import { keyOf, type ObjectKey } from '@croft/api/object';
import type { Controller, ControllerContext } from '@croft/controller/controller';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { dropConditions, type SourcePass, setArtifact, setCondition, under } from '../artifact/source-conditions.ts';
import { artifactName, startSourceController } from '../artifact/source-controller.ts';
import { helmRepositories } from '../helm-repository/types.ts';
import { findSource, onSourceChange } from '../source.ts';
import type { Artifact } from '../types.ts';
import { conditionOfFailure, isBuildFailure, orFail } from './build-error.ts';
import type { BuiltChart } from './built-chart.ts';
import { buildFromFolder } from './chart-from-folder.ts';
import { buildFromRepository } from './chart-from-repository.ts';
import { openChartRepository } from './chart-repository.ts';
import { type HelmChart, type HelmChartSpec, helmCharts } from './types.ts';

/** HelmChart: a packaged chart, from a repository or from the files of a source. Behaviour of Flux's source-controller. */
export function startHelmChartController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  async function fetchSource(pass: SourcePass<HelmChart>, spec: HelmChartSpec): Promise<void> {
    refuseVerification(pass, spec);
    const source = await under(pass, 'FetchFailed', 'SourceUnavailable', async () => findChartSource(pass, spec));
    if (source !== undefined) pass.status.observedSourceArtifactRevision = source.revision;
    const built = await build(pass, spec, source).catch((error: unknown) => showFailure(pass, error));
    const reason = built.packaged ? 'ChartPackageSucceeded' : 'ChartPullSucceeded';
    const artifact = await under(pass, 'StorageOperationFailed', 'ArchiveOperationFailed', () => keep(pass, built));
    pass.status.observedChartName = built.name;
    delete pass.status.observedValuesFiles;
    if (spec.ignoreMissingValuesFiles) pass.status.observedValuesFiles = built.valuesFiles;
    setArtifact(pass, artifact, summaryOf(built), { reason });
  }

  /** The artifact that the chart is made of; undefined for a registry, which has none. */
  function findChartSource(pass: SourcePass<HelmChart>, { sourceRef }: HelmChartSpec): Artifact | undefined {
    const { object, name } = findSource(context, sourceRef, pass.key);
    if (object === undefined)
      throw new WaitingError('SourceUnavailable', `failed to get source: ${name} does not exist`);
    const isRegistry = findRepository(pass.key, sourceRef)?.spec?.type === 'oci';
    if (isRegistry || object.status?.artifact !== undefined) return object.status?.artifact;
    throw new WaitingError(
      'NoSourceArtifact',
      `no artifact available for ${sourceRef.kind} source '${sourceRef.name}'`,
    );
  }

  const findRepository = ({ namespace }: ObjectKey, { kind, name }: HelmChartSpec['sourceRef']) =>
    kind === 'HelmRepository' ? context.informers.of(helmRepositories).get({ namespace, name }) : undefined;

  async function build(
    pass: SourcePass<HelmChart>,
    spec: HelmChartSpec,
    source: Artifact | undefined,
  ): Promise<BuiltChart> {
    const { client, informers } = context;
    const { namespace } = pass.key;
    const options = { spec, generation: pass.object.metadata.generation ?? 1, kept: findKept(pass) };
    const repository = findRepository(pass.key, spec.sourceRef)?.spec;
    if (repository !== undefined) {
      const opened = await orFail('ChartPullError', () =>
        openChartRepository({ client, namespace, spec: repository, signal: pass.signal, artifacts, index: source }),
      );
      return await buildFromRepository(opened, options);
    }
    if (source === undefined) throw new WaitingError('NoSourceArtifact', 'the source has no artifact');
    const dependencies = { client, informers, artifacts, namespace, signal: pass.signal };
    const folder = { root: await artifacts.open(source), artifact: source };
    return await buildFromFolder(dependencies, folder, options);
  }

  async function keep(pass: SourcePass<HelmChart>, { archive, version }: BuiltChart): Promise<Artifact> {
    if (archive !== undefined) return await artifacts.keepBytes(artifactName(pass), version, archive, '.tgz');
    if (pass.status.artifact === undefined) throw new Error('there is no chart to keep');
    return pass.status.artifact;
  }

  return startSourceController(context, {
    name: 'helm-chart',
    kind: helmCharts,
    artifacts,
    concurrency: 8,
    triggers: [
      onSourceChange(
        (source) =>
          context.informers
            .of(helmCharts)
            .list(source.namespace)
            .filter(({ spec }) => spec?.sourceRef.kind === source.kind && spec.sourceRef.name === source.name)
            .map(keyOf),
        ['HelmRepository', 'GitRepository', 'Bucket'],
      ),
    ],
    secretsOf: () => [],
    fetchSource,
  });
}

/** What is kept counts only if it was made by the spec as it is now. */
function findKept({ object, status }: SourcePass<HelmChart>): { name: string; version: string } | undefined {
  const { artifact, observedChartName, observedGeneration } = status;
  if (artifact === undefined || observedChartName === undefined) return undefined;
  return observedGeneration === object.metadata.generation
    ? { name: observedChartName, version: artifact.revision }
    : undefined;
}

function showFailure(pass: SourcePass<HelmChart>, error: unknown): never {
  if ((error instanceof ReasonedError || error instanceof StalledError) && !pass.signal.aborted) {
    const condition = isBuildFailure(error.reason) ? conditionOfFailure(error.reason) : 'FetchFailed';
    dropConditions(pass, 'FetchFailed', 'BuildFailed');
    setCondition(pass, condition, 'True', error.reason, error.message);
  }
  throw error;
}

function summaryOf({ name, version, packaged, valuesFiles }: BuiltChart): string {
  const files = valuesFiles.length === 0 ? '' : ` and merged values files [${valuesFiles.join(' ')}]`;
  return `${packaged ? 'packaged' : 'pulled'} '${name}' chart with version '${version}'${files}`;
}

/** A signature that is asked for and cannot be checked counts as a wrong one. */
function refuseVerification(pass: SourcePass<HelmChart>, { verify }: HelmChartSpec): void {
  if (verify === undefined) return dropConditions(pass, 'SourceVerified');
  const message = `spec.verify: signatures of ${verify.provider} cannot be verified here; nothing is fetched unless spec.verify is removed`;
  setCondition(pass, 'SourceVerified', 'False', 'VerificationError', message);
  throw new StalledError('VerificationError', message);
}

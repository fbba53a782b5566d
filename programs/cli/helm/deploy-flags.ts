import type { Chart } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import type { Values } from '@croft/helm/values/copy';
import { readValues } from '@croft/helm/values/read-values';
import type { DeployOptions } from '@croft/release/deploy-options';
import { actionOptions, readPairs, readServerSide, serverSideFlags, waitFlags } from './action-flags.ts';
import { chartFlags } from './chart-flags.ts';
import { fileReader, globalFlags, valueFlags, valueSources } from './common-flags.ts';
import type { Flags, ParsedFlags } from './flags.ts';
import type { HelmInput } from './helm-command.ts';
import { locateChart } from './locate-chart.ts';
import { postRenderer } from './post-renderer.ts';
import { outputFlag } from './print-output.ts';
import { validateDependencies, validateInstallable, warnDeprecated } from './template-chart.ts';

/** Flags that install and upgrade share. */
export const deployFlags: Flags = {
  ...globalFlags,
  ...valueFlags,
  ...chartFlags,
  ...waitFlags,
  ...serverSideFlags,
  ...outputFlag,
  'dry-run': {
    type: 'text',
    bare: 'client',
    value: 'WHERE',
    help: 'change nothing: client, or server for lookups, too',
  },
  'create-namespace': { type: 'bool', help: 'create the namespace of the release if it is not there' },
  force: { type: 'bool', help: 'replace objects instead of changing them' },
  atomic: { type: 'bool', help: 'undo everything when it fails; waits, too' },
  'rollback-on-failure': { type: 'bool', only: 4, help: 'undo everything when it fails; waits, too' },
  'no-hooks': { type: 'bool', help: 'run no hooks' },
  'skip-crds': { type: 'bool', help: 'install no CRDs' },
  'render-subchart-notes': { type: 'bool', help: 'show the notes of subcharts, too' },
  'hide-notes': { type: 'bool', help: 'show no notes' },
  'hide-secret': { type: 'bool', help: 'show no Secrets; with --dry-run' },
  'skip-schema-validation': { type: 'bool', help: 'do not check values against JSON schemas' },
  'disable-openapi-validation': { type: 'bool', help: 'of no effect: the API itself checks objects' },
  'dependency-update': { type: 'bool', help: 'fetch missing dependencies first' },
  description: { type: 'text', value: 'TEXT', help: 'description of the revision' },
  labels: { type: 'slice', short: 'l', value: 'K=V', help: 'labels of the release record' },
  'take-ownership': { type: 'bool', help: 'take objects over that belong to others' },
  'post-renderer': { type: 'text', value: 'PROGRAM', help: 'program that changes the manifests on their way' },
  'post-renderer-args': { type: 'list', value: 'ARG', help: 'argument of the post-renderer; may be repeated' },
  'enable-dns': { type: 'bool', help: 'look up names when rendering (not supported)' },
};

/** The chart and the values of the flags. Throws with helm's words. */
export async function readDeployment(
  name: string,
  input: HelmInput,
  mustBeInstallable: boolean,
): Promise<{ chart: Chart; values: Values }> {
  const { flags, folder, terminal, helmVersion } = input;
  const path = await locateChart(name, input);
  if (!mustBeInstallable) readDryRun(flags, helmVersion);
  const values = await readValues(valueSources(flags), fileReader(folder), helmVersion);
  const chart = await readChart(path, terminal.say, helmVersion);
  if (mustBeInstallable) validateInstallable(chart, terminal.say, helmVersion);
  else {
    validateDependencies(chart, helmVersion);
    warnDeprecated(chart, terminal.say);
  }
  return { chart, values };
}

/** Where nothing is changed; undefined when it is. Throws on an unknown place. */
export function readDryRun(flags: ParsedFlags, helmVersion: 3 | 4): 'client' | 'server' | undefined {
  if (flags.list('dry-run').length === 0) return undefined;
  switch (flags.text('dry-run')) {
    case 'client':
    case 'true':
      return 'client';
    case 'server':
      return 'server';
    case '':
    case 'none':
    case 'false':
      return undefined;
    default:
      throw new Error(
        helmVersion === 4
          ? `invalid dry-run value (${JSON.stringify(flags.text('dry-run'))}). Must be "none", "server", or "client"`
          : 'Invalid dry-run flag. Flag must one of the following: false, true, none, client, server',
      );
  }
}

type Deployment = Omit<DeployOptions, 'release' | 'chart' | 'values'>;

/** What the flags of install and upgrade say. */
export function deployOptions(input: HelmInput): Deployment {
  const { flags, terminal, helmVersion } = input;
  if (flags.has('enable-dns')) throw new Error('--enable-dns is not supported');
  const dryRun = readDryRun(flags, helmVersion);
  if (dryRun === undefined && flags.has('hide-secret')) {
    throw new Error(`${helmVersion === 4 ? 'h' : 'H'}iding Kubernetes secrets requires a dry-run mode`);
  }
  const rollbackOnFailure = flags.has('atomic') || flags.has('rollback-on-failure');
  const actions = actionOptions(input);
  const serverSide = readServerSide(flags);
  return {
    ...actions,
    wait: actions.wait || rollbackOnFailure,
    rollbackOnFailure,
    force: flags.has('force') || flags.has('force-replace'),
    forceConflicts: flags.has('force-conflicts'),
    ...(serverSide === undefined ? {} : { serverSide }),
    description: flags.text('description'),
    labels: readPairs(flags, 'labels'),
    takeOwnership: flags.has('take-ownership'),
    skipSchemaValidation: flags.has('skip-schema-validation'),
    renderSubchartNotes: flags.has('render-subchart-notes'),
    hideSecrets: flags.has('hide-secret'),
    postRender: postRenderer(input),
    warn: terminal.say,
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

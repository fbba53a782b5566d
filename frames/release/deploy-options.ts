import type { Chart } from '@croft/helm/chart/chart';
import type { Values } from '@croft/helm/values/copy';
import type { ActionOptions } from './release-context.ts';
import type { RenderRequest } from './render.ts';
import type { ReuseValues } from './reuse-values.ts';

type Rendering = Pick<
  RenderRequest,
  'skipSchemaValidation' | 'renderSubchartNotes' | 'hideSecrets' | 'postRender' | 'warn'
>;

/** What install and upgrade take. */
export interface DeployOptions extends ActionOptions, Rendering {
  chart: Chart;
  /** The user's values. */
  values: Values;
  /** How many records are kept; 0 keeps all. */
  maxHistory?: number;
  /** What is done with the chart's CustomResourceDefinitions. */
  crds?: 'Skip' | 'Create' | 'CreateReplace';
  /** Take objects of others over. */
  takeOwnership?: boolean;
  /** Replace objects instead of patching them. */
  force?: boolean;
  /** Write objects by server-side apply or not; as the last revision did, by default, in an upgrade as Helm 4. */
  serverSide?: boolean;
  /** With server-side apply: take fields over from other managers. */
  forceConflicts?: boolean;
  description?: string;
  /** Labels of the record; in an upgrade beside those before, of which `null` takes one away. */
  labels?: Readonly<Record<string, string>>;
  /** Make nothing: `client` does not even look things up in templates. */
  dryRun?: 'client' | 'server';
  /** Undo what was done when it fails. */
  rollbackOnFailure?: boolean;
}

export interface InstallOptions extends DeployOptions {
  createNamespace?: boolean;
  /** Use the name of a release that failed or was uninstalled with its history kept. */
  replace?: boolean;
}

export interface UpgradeOptions extends DeployOptions {
  reuse?: ReuseValues;
  /** Delete what the upgrade made when it fails. */
  cleanupOnFail?: boolean;
}

import type { JsonObject } from '@croft/foundation/json';

export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

/** When a hook last ran; times are RFC 3339, empty when there is none. */
export interface HookExecution {
  started_at: string;
  completed_at: string;
  phase: 'Unknown' | 'Running' | 'Succeeded' | 'Failed' | '';
}

export interface ReleaseHook {
  name: string;
  kind: string;
  /** The template it comes from: `wordpress/templates/tests/test.yaml`. */
  path: string;
  manifest: string;
  events: string[];
  last_run: HookExecution;
  weight?: number;
  delete_policies?: string[];
  output_log_policies?: string[];
}

export interface ReleaseInfo {
  first_deployed: string;
  last_deployed: string;
  /** Empty unless the release was uninstalled. */
  deleted: string;
  description: string;
  status: ReleaseStatus;
  notes?: string;
}

/** A file inside a record: its bytes in base64. */
export interface RecordFile {
  name: string;
  data: string;
}

export interface RecordChart {
  metadata: JsonObject;
  lock: JsonObject | null;
  templates: RecordFile[] | null;
  /** null when the chart has none. */
  values: JsonObject | null;
  /** values.schema.json in base64. */
  schema: string | null;
  files: RecordFile[] | null;
}

/** A release as Helm 3 and 4 store it, with the keys of their JSON. */
export interface ReleaseRecord {
  name: string;
  info: ReleaseInfo;
  chart: RecordChart;
  /** The values that the user gave. */
  config: JsonObject;
  manifest: string;
  hooks: ReleaseHook[];
  version: number;
  namespace: string;
  /** How the objects were written: `ssa` server-side, `csa` or nothing by patches of helm. */
  apply_method?: 'ssa' | 'csa';
  /** Labels of the Secret; not in the JSON. */
  labels?: Record<string, string>;
}

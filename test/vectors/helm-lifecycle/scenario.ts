import type { UnknownObject } from '@croft/api/object';
import type { JsonObject } from '@croft/foundation/json';
import type { ExpectedError } from '../suites/helm-error.ts';

/** An edit by someone else. */
export interface Op {
  readonly op: 'create' | 'merge' | 'strategic' | 'json' | 'status' | 'delete' | 'apply' | 'releaseStatus';
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly manager?: string;
  readonly force?: boolean;
  readonly body?: JsonObject | JsonObject[];
  readonly status?: string;
  /** Its answer does not matter. */
  readonly mayFail?: boolean;
}

export interface When {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface Step {
  readonly step: number;
  readonly helm?: readonly string[];
  readonly helm4?: readonly string[];
  readonly program?: 'helm3' | 'helm4';
  readonly ops?: readonly Op[];
  readonly during?: readonly { readonly when: When; readonly then: Op }[];
  readonly kill?: { readonly when: When };
  /** Seconds to wait before looking. */
  readonly settle?: number;
  readonly stdout?: 'json' | 'text';
}

/** A chart to be made first, with a file of lines that each hash the line before. */
export interface Generate {
  readonly dir: string;
  readonly chart: string;
  readonly template: string;
  readonly file: string;
  readonly lines: number;
}

export interface Scenario {
  readonly name: string;
  readonly namespace?: string;
  readonly createNamespaces?: readonly string[];
  readonly extraNamespaces?: readonly string[];
  readonly clusterKinds?: readonly string[];
  readonly customKinds?: readonly string[];
  readonly versions?: readonly string[];
  readonly generate?: Generate;
  readonly steps: readonly Step[];
}

/** One of helm's writes. */
export interface RecordedRequest {
  verb: string;
  resource: string;
  namespace?: string;
  name?: string;
  code: number;
  releaseStatus?: string;
  deleteOptions?: JsonObject;
}

export interface ExpectedRelease extends JsonObject {
  secret: JsonObject;
}

export interface ExpectedStep extends ExpectedError {
  readonly step: number;
  readonly exitCode?: number;
  readonly killed?: boolean;
  readonly stderr?: string;
  readonly stdout?: unknown;
  readonly requests?: readonly RecordedRequest[];
  readonly objects: readonly string[];
  readonly changed?: readonly UnknownObject[];
  readonly gone?: readonly string[];
  readonly releases: readonly JsonObject[];
  readonly releasesChanged?: readonly ExpectedRelease[];
}

export interface Expected {
  readonly steps: readonly ExpectedStep[];
}

/** One topic's file of recorded HTTP transcripts. */
export interface Topic {
  readonly topic: string;
  readonly scenarios: readonly Scenario[];
}

export interface Scenario {
  readonly id: string;
  readonly profile: 'api' | 'full';
  readonly namespaces?: readonly string[];
  readonly steps: readonly Step[];
}

export interface Step {
  readonly request?: RecordedRequest;
  readonly response?: RecordedResponse;
  readonly watchStart?: string;
  readonly watchRead?: string;
  readonly watchQuiet?: string;
  readonly watchEnded?: string;
  readonly watchStop?: string;
  readonly ms?: number;
  readonly events?: readonly unknown[];
  readonly skipBookmarks?: boolean;
  readonly note?: string;
  readonly claims?: Record<string, unknown>;
  readonly eventually?: boolean;
  readonly unordered?: boolean;
  readonly unorderedMessage?: boolean;
  readonly goText?: boolean;
  readonly fewer?: readonly string[];
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly bodyText?: string;
  readonly anonymous?: boolean;
}

export interface RecordedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly bodyText?: string;
  readonly bodyPick?: Readonly<Record<string, unknown>>;
  readonly bodyOmitted?: boolean;
}

import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Duration, LocalReference, SourceObject } from '../types.ts';

export interface BucketSpec {
  bucketName: string;
  /** Host and port. */
  endpoint: string;
  provider?: string;
  region?: string;
  prefix?: string;
  interval: Duration;
  timeout?: Duration;
  secretRef?: LocalReference;
  certSecretRef?: LocalReference;
  proxySecretRef?: LocalReference;
  sts?: { provider: string; endpoint: string };
  ignore?: string;
  /** Over HTTP. */
  insecure?: boolean;
  suspend?: boolean;
}

export interface Bucket extends KubeObject {
  spec?: BucketSpec;
  status?: NonNullable<SourceObject['status']>;
}

export const buckets = defineKind<Bucket>('source.toolkit.fluxcd.io/v1', 'Bucket', 'buckets');

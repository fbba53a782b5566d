import { provider, sourceDefinition, sourceSpec, sourceStatus } from '../artifact/source-schema.ts';
import { anything, flag, named, object, text } from '../schema-words.ts';
import { buckets } from './types.ts';

export const bucketDefinition = sourceDefinition(buckets, [], {
  spec: object(
    {
      ...sourceSpec,
      bucketName: text,
      endpoint: text,
      provider,
      region: text,
      prefix: text,
      secretRef: named(),
      serviceAccountName: text,
      certSecretRef: named(),
      proxySecretRef: named(),
      sts: anything,
      ignore: text,
      insecure: flag,
    },
    ['bucketName', 'endpoint', 'interval'],
  ),
  status: object({ ...sourceStatus, observedIgnore: text }),
  columns: [{ name: 'Endpoint', type: 'string', jsonPath: '.spec.endpoint' }],
});

import { provider, sourceDefinition, sourceSpec, sourceStatus, urlColumn } from '../artifact/source-schema.ts';
import { anything, flag, named, object, oneOf } from '../schema-words.ts';
import { helmRepositories } from './types.ts';

export const helmRepositoryDefinition = sourceDefinition(helmRepositories, ['helmrepo'], {
  spec: object(
    {
      ...sourceSpec,
      url: { type: 'string', pattern: '^(http|https|oci)://.*$' },
      type: oneOf('default', 'oci'),
      provider,
      secretRef: named(),
      certSecretRef: named(),
      passCredentials: flag,
      insecure: flag,
      accessFrom: anything,
    },
    ['url'],
  ),
  status: object(sourceStatus),
  columns: [urlColumn],
});

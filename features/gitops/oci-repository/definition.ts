import { provider, sourceDefinition, sourceSpec, sourceStatus, urlColumn } from '../artifact/source-schema.ts';
import { flag, named, object, oneOf, text, verification } from '../schema-words.ts';
import { ociRepositories } from './types.ts';

const layerSelector = object({ mediaType: text, operation: oneOf('extract', 'copy') });

export const ociRepositoryDefinition = sourceDefinition(ociRepositories, ['ocirepo'], {
  spec: object(
    {
      ...sourceSpec,
      url: { type: 'string', pattern: '^oci://.*$' },
      ref: object({ tag: text, semver: text, semverFilter: text, digest: text }),
      layerSelector,
      provider,
      secretRef: named(),
      serviceAccountName: text,
      certSecretRef: named(),
      proxySecretRef: named(),
      verify: verification,
      ignore: text,
      insecure: flag,
    },
    ['url', 'interval'],
  ),
  status: object({ ...sourceStatus, observedIgnore: text, observedLayerSelector: layerSelector }),
  columns: [urlColumn],
});

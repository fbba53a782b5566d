import { sourceDefinition, sourceSpec, sourceStatus, urlColumn } from '../artifact/source-schema.ts';
import { artifact, flag, list, named, object, oneOf, text } from '../schema-words.ts';
import { gitRepositories } from '../types.ts';

const include = list(object({ repository: named(), fromPath: text, toPath: text }, ['repository']));

export const gitRepositoryDefinition = sourceDefinition(gitRepositories, ['gitrepo'], {
  spec: object(
    {
      ...sourceSpec,
      url: text,
      provider: oneOf('generic', 'aws', 'azure', 'github'),
      serviceAccountName: text,
      ref: object({ branch: text, tag: text, semver: text, name: text, commit: text }),
      secretRef: named(),
      proxySecretRef: named(),
      verify: object({ mode: { ...oneOf('head', 'HEAD', 'Tag', 'TagAndHEAD'), default: 'HEAD' }, secretRef: named() }, [
        'secretRef',
      ]),
      ignore: text,
      include,
      recurseSubmodules: flag,
      sparseCheckout: list(text),
    },
    ['url', 'interval'],
  ),
  status: object({
    ...sourceStatus,
    includedArtifacts: list(artifact),
    observedIgnore: text,
    observedInclude: include,
    observedRecurseSubmodules: flag,
    observedSparseCheckout: list(text),
    sourceVerificationMode: text,
  }),
  columns: [urlColumn],
});

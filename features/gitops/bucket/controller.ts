import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Controller, ControllerContext } from '@croft/controller/controller';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { sha256Digest } from '@croft/foundation/digest';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { readConnection, refuseProvider } from '../artifact/connection.ts';
import { readSecretFields } from '../artifact/secret-fields.ts';
import { announceNew, type SourcePass, setArtifact, under } from '../artifact/source-conditions.ts';
import { artifactName, startSourceController } from '../artifact/source-controller.ts';
import { createFilter, ignoreFile, parseIgnorePatterns, readIgnoreFile } from '../artifact/source-ignore.ts';
import { openBucket, type S3Bucket, type S3Object } from './s3-bucket.ts';
import type { AccessKey } from './sign-request.ts';
import { type Bucket, type BucketSpec, buckets } from './types.ts';

const fetchedAtOnce = 8;

/** Bucket: keeps the objects of a bucket of S3's kind. Behaviour of Flux's source-controller. */
export function startBucketController(context: ControllerContext, artifacts: ArtifactStore): Controller {
  async function open(pass: SourcePass<Bucket>, spec: BucketSpec): Promise<S3Bucket> {
    refuseProvider(spec.provider, 'aws');
    if (spec.sts !== undefined)
      throw new StalledError(
        'InvalidSTSConfiguration',
        'spec.sts is not supported: use an access key in spec.secretRef',
      );
    const { namespace } = pass.key;
    return openBucket({
      endpoint: spec.endpoint,
      bucket: spec.bucketName,
      region: spec.region ?? 'us-east-1',
      plainHttp: spec.insecure ?? false,
      key: spec.secretRef && (await readAccessKey(context, namespace, spec.secretRef)),
      connection: await readConnection(context.client, namespace, spec, pass.signal),
      now: () => context.clock.now(),
    });
  }

  async function fetchSource(pass: SourcePass<Bucket>, spec: BucketSpec): Promise<void> {
    const bucket = await under(pass, 'FetchFailed', 'AuthenticationFailed', () => open(pass, spec));
    const fetching = <T>(work: () => Promise<T>) => under(pass, 'FetchFailed', 'BucketOperationFailed', work);
    await using scratch = await artifacts.openScratch();
    const objects = await fetching(() => listWanted(bucket, spec, scratch.folder));
    const revision = revisionOf(objects);
    const message = `stored artifact: revision '${revision}'`;
    const present = pass.status.artifact;
    if (present?.revision === revision) return setArtifact(pass, present, message);
    await announceNew(pass, `new upstream revision '${revision}'`);
    const folder = join(scratch.folder, 'files');
    await mkdir(folder);
    await fetching(() => fetchObjects(bucket, objects, folder));
    const artifact = await under(pass, 'StorageOperationFailed', 'ArchiveOperationFailed', () =>
      artifacts.keepFolder(artifactName(pass), revision, folder, () => false),
    );
    const told = `stored artifact with ${objects.length} fetched files from '${spec.bucketName}' bucket`;
    setArtifact(pass, artifact, message, { told });
    delete pass.status.observedIgnore;
    if (spec.ignore !== undefined) pass.status.observedIgnore = spec.ignore;
  }

  return startSourceController(context, {
    name: 'bucket',
    kind: buckets,
    artifacts,
    secretsOf: ({ secretRef, certSecretRef, proxySecretRef }) => [secretRef, certSecretRef, proxySecretRef],
    fetchSource,
  });
}

async function readAccessKey(
  { client }: ControllerContext,
  namespace: string | undefined,
  reference: { name: string },
): Promise<AccessKey> {
  const secret = await readSecretFields(client, namespace, reference, 'secretRef');
  const [accessKey, secretKey] = [secret.get('accesskey'), secret.get('secretkey')];
  if (accessKey === undefined || secretKey === undefined)
    throw new ReasonedError('AuthenticationFailed', `the Secret ${secret.name} needs the keys accesskey and secretkey`);
  return { accessKey, secretKey };
}

/** The objects that belong to the artifact: what the bucket's .sourceignore and spec.ignore leave. */
async function listWanted(bucket: S3Bucket, spec: BucketSpec, folder: string): Promise<S3Object[]> {
  const path = join(folder, ignoreFile);
  await bucket.save(ignoreFile, path);
  const patterns = [...(await readIgnoreFile(path)), ...parseIgnorePatterns(spec.ignore ?? '')];
  const isIgnored = createFilter(patterns);
  const objects = await bucket.list(spec.prefix ?? '');
  return objects.filter(({ key }) => !key.endsWith('/') && key !== ignoreFile && !isIgnored(key.split('/'), false));
}

/** A digest of all keys and ETags, as Flux makes it. */
function revisionOf(objects: readonly S3Object[]): string {
  const lines = objects.map(({ key, etag }) => Buffer.from(`${key} ${etag}\n`)).sort(Buffer.compare);
  return sha256Digest(Buffer.concat(lines));
}

/** An object that is gone since it was listed is left out. */
async function fetchObjects(bucket: S3Bucket, objects: readonly S3Object[], folder: string): Promise<void> {
  const waiting = [...objects];
  const work = async () => {
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      const path = join(folder, normalize(join('/', object.key)));
      await mkdir(dirname(path), { recursive: true });
      await bucket.save(object.key, path);
    }
  };
  await Promise.all(Array.from({ length: fetchedAtOnce }, work));
}

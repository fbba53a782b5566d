import { createHash, createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '@croft/repository/testing/http-server';

const pageSize = 2;

/**
 * Serves folders as buckets by the part of S3's protocol that sources use, in small pages; each request must be signed by
 * the key (Signature Version 4), which is computed here anew from what arrived.
 */
export async function startS3Server(root: string, accessKey: string, secretKey: string): Promise<TestServer> {
  return await startTestServer((request, response) => {
    const problem = findSignatureProblem(request, accessKey, secretKey);
    if (problem !== undefined) return fail(response, 403, problem, 'the request is not signed by the key');
    answer(root, request, response).catch(() => fail(response, 404, 'NoSuchKey', 'there is no such object'));
  });
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status)
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://s3');
  const [bucket = '', ...parts] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const folder = join(root, bucket);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return fail(response, 404, 'NoSuchBucket', 'there is no such bucket');
  if (parts.join('') !== '') return void response.end(await readFile(join(folder, ...parts)));
  const prefix = url.searchParams.get('prefix') ?? '';
  const keys = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((key) => key.startsWith(prefix))
    .sort();
  const from = Number(url.searchParams.get('continuation-token') ?? '0');
  const page = await Promise.all(
    keys.slice(from, from + pageSize).map(async (key) => {
      const etag = createHash('md5')
        .update(await readFile(join(folder, key)))
        .digest('hex');
      return `<Contents><Key>${encodeURIComponent(key)}</Key><ETag>&quot;${etag}&quot;</ETag></Contents>`;
    }),
  );
  const next = from + pageSize < keys.length ? `<NextContinuationToken>${from + pageSize}</NextContinuationToken>` : '';
  response.end(`<?xml version="1.0"?><ListBucketResult>${next}${page.join('')}</ListBucketResult>`);
}

function findSignatureProblem({ method, url = '/', headers }: IncomingMessage, accessKey: string, secretKey: string) {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (given === null) return 'AccessDenied';
  const [, id, scope = '', names = '', signature] = given;
  if (id !== accessKey) return 'InvalidAccessKeyId';
  const [path, query = ''] = url.split('?');
  const lines = names.split(';').map((name) => `${name}:${headers[name]}`);
  const payload = headers['x-amz-content-sha256'];
  const canonical = [method, path, query.split('&').sort().join('&'), ...lines, '', names, payload].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ];
  let key: string | Buffer = `AWS4${secretKey}`;
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  const expected = createHmac('sha256', key).update(toSign.join('\n')).digest('hex');
  return expected === signature ? undefined : 'SignatureDoesNotMatch';
}

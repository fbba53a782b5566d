import { readBody, readExcerpt, saveBody } from '@croft/repository/http/body';
import type { Connection } from '@croft/repository/http/connection';
import { FetchError } from '@croft/repository/http/fetch-error';
import { type HttpResponse, sendRequest } from '@croft/repository/http/request';
import { type AccessKey, encodeS3, signRequest } from './sign-request.ts';

export interface S3Options {
  /** Host and port. */
  endpoint: string;
  bucket: string;
  region: string;
  plainHttp: boolean;
  /** Requests are not signed when left out. */
  key?: AccessKey | undefined;
  connection: Connection;
  now(): number;
}

export interface S3Object {
  key: string;
  etag: string;
}

/** A bucket that is reached by the protocol of Amazon S3. */
export interface S3Bucket {
  /** All objects whose keys begin with the prefix, in the order of their keys. Throws FetchError. */
  list(prefix: string): Promise<S3Object[]>;
  /** Writes an object to a new file; false when there is no such object. Throws FetchError. */
  save(key: string, path: string): Promise<boolean>;
}

const mostPages = 1000;
const largestPage = 16 * 1024 ** 2;
const largestObject = 1024 ** 3;

export function openBucket(options: S3Options): S3Bucket {
  const root = bucketUrl(options);

  async function send(path: string, query: Record<string, string>): Promise<HttpResponse> {
    const url = new URL(`${root}${path}`);
    url.search = Object.entries(query)
      .map(([name, value]) => `${encodeS3(name)}=${encodeS3(value)}`)
      .join('&');
    const { region, key, now } = options;
    const headers = key === undefined ? {} : signRequest({ method: 'GET', url, region, nowMs: now() }, key);
    return await sendRequest({ url: url.href, headers }, options.connection);
  }

  return {
    list: async (prefix) => {
      const found: S3Object[] = [];
      let token: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const more = token === undefined ? {} : { 'continuation-token': token };
        const response = await send('/', { 'list-type': '2', 'encoding-type': 'url', prefix, ...more });
        if (response.status !== 200) throw await s3Error(response, options.bucket);
        const text = (await readBody(response, largestPage)).toString('utf8');
        found.push(...parseObjects(text));
        token = findText(text, 'NextContinuationToken');
        if (token === undefined) return found;
      }
      throw new FetchError(root, `the bucket has more than ${mostPages} pages of objects: narrow spec.prefix`);
    },
    save: async (key, path) => {
      const response = await send(`/${key.split('/').map(encodeS3).join('/')}`, {});
      if (response.status === 200) {
        await saveBody(response, path, largestObject);
        return true;
      }
      const error = await s3Error(response, options.bucket);
      if (response.status === 404 && !/NoSuchBucket/.test(error.message)) return false;
      throw error;
    },
  };
}

/** Amazon wants the bucket in the host's name, all others know it as the first part of the path. */
function bucketUrl({ endpoint, bucket, plainHttp }: S3Options): string {
  const scheme = plainHttp ? 'http' : 'https';
  return /(^|\.)amazonaws\.com(\.cn)?(:\d+)?$/.test(endpoint)
    ? `${scheme}://${bucket}.${endpoint}`
    : `${scheme}://${endpoint}/${encodeS3(bucket)}`;
}

function parseObjects(xml: string): S3Object[] {
  return [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, item = '']) => ({
    key: decodeURIComponent((findText(item, 'Key') ?? '').replaceAll('+', ' ')),
    etag: (findText(item, 'ETag') ?? '').replace(/^"|"$/g, ''),
  }));
}

/** The text of an element that is not empty. */
function findText(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text?.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hex, named: string) => {
    if (named !== undefined) return entities[named] ?? whole;
    return String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10));
  });
}

async function s3Error(response: HttpResponse, bucket: string): Promise<FetchError> {
  const { status, statusText, url } = response;
  const text = await readExcerpt(response);
  const told = [findText(text, 'Code'), findText(text, 'Message')].filter((part) => part !== undefined).join(': ');
  const problem = told === '' ? `${status} ${statusText}`.trim() : `${status} ${told}`;
  return new FetchError(url, `bucket "${bucket}": ${problem}`, status);
}

import { createHmac } from 'node:crypto';
import { sha256Hex } from '@croft/foundation/digest';

export interface AccessKey {
  accessKey: string;
  secretKey: string;
}

export interface SignedRequest {
  method: 'GET' | 'HEAD';
  /** With its query, which is signed as it stands. */
  url: URL;
  region: string;
  nowMs: number;
}

const emptyPayload = sha256Hex('');

/**
 * The headers by which a request without a body is signed: AWS Signature Version 4 for S3
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
export function signRequest({ method, url, region, nowMs }: SignedRequest, key: AccessKey): Record<string, string> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const headers = { host: url.host, 'x-amz-content-sha256': emptyPayload, 'x-amz-date': time };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...names.map((name) => `${name}:${headers[name as keyof typeof headers]}`),
    '',
    names.join(';'),
    emptyPayload,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256Hex(canonical)].join('\n');
  const signature = hmac(signingKey(key.secretKey, scope), toSign).toString('hex');
  return {
    'x-amz-content-sha256': emptyPayload,
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** Percent-encoded as S3 expects: everything but letters, digits and `-._~`. */
export function encodeS3(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encodeS3(name)}=${encodeS3(value)}`)
    .sort()
    .join('&');
}

function signingKey(secretKey: string, scope: string): Buffer {
  return scope.split('/').reduce((key: string | Buffer, part) => hmac(key, part), `AWS4${secretKey}`) as Buffer;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

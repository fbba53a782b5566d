import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeS3, signRequest } from './sign-request.ts';

test('a request is signed as in the example of the documentation of S3', () => {
  const headers = signRequest(
    {
      method: 'GET',
      url: new URL('https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J'),
      region: 'us-east-1',
      nowMs: Date.UTC(2013, 4, 24),
    },
    { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  );
  assert.equal(headers['x-amz-date'], '20130524T000000Z');
  assert.equal(
    headers.authorization,
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

test('all but letters, digits and -._~ is percent-encoded', () => {
  assert.equal(encodeS3("a b!'()*+/é~-._"), 'a%20b%21%27%28%29%2A%2B%2F%C3%A9~-._');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayPass } from './passing-trouble.ts';

test('what tells of a network that is away may pass', () => {
  for (const text of [
    "W: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.debian.org'",
    'curl: (6) Could not resolve host: example.org',
    'curl: (28) Operation timed out after 30001 milliseconds',
    'curl: (22) The requested URL returned error: 503',
    "fatal: unable to access 'https://a/': Failed to connect to a port 443",
    'npm error code EAI_AGAIN',
    'received unexpected HTTP status: 502 Bad Gateway',
    'Error: building at STEP "RUN make": while running runtime: exit status 137',
  ])
    assert.equal(mayPass(text), true, text);
});

test('what a program says of itself stays', () => {
  for (const text of [
    'the plug-in is nowhere to be found\nError: building at STEP "RUN x": while running runtime: exit status 3',
    'make: *** [all] Error 2',
    'sh: tsc: not found',
    'manifest unknown: manifest unknown',
  ])
    assert.equal(mayPass(text), false, text);
});

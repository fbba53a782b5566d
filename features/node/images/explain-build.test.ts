import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessError } from '@croft/foundation/process';
import { explainBuild } from './explain-build.ts';

const explain = (...lines: string[]) => explainBuild(new ProcessError('podman', 'failed', lines.join('\n'), 125));
const end = 'Error: building at STEP "RUN make": while running runtime: exit status 2';
const cause = end.slice('Error: '.length);

test('the cause comes first, then the last words before it, in one line', () => {
  assert.equal(explain('make: no rule', '', 'make: stop', end), `${cause}; before that: make: no rule | make: stop`);
  assert.equal(explain(end), cause);
  const long = explain(...Array.from({ length: 100 }, (_, index) => `line ${index} of many`), end);
  assert.match(long, /; before that: .*line 99 of many$/);
  assert.ok(long.length < 800);
});

test('a network that was away is told, however much came after it', () => {
  const lost = 'W: Failed to fetch http://deb.debian.org  Temporary failure resolving';
  const after = Array.from({ length: 100 }, (_, index) => `E: Unable to locate package number-${index}`);
  assert.match(explain(lost, ...after, end), /before that: W: Failed to fetch .* \| \.\.\. \| .*number-99$/);
});

test('what ended otherwise is told as it is', () => {
  assert.equal(explainBuild(new Error('podman is not installed')), 'podman is not installed');
  assert.match(explain('killed'), /^podman failed: killed$/);
});

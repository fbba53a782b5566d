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

test('a long command is cut, wherever it is told', () => {
  const command = `apt-get update && ${'apt-get install one two three && '.repeat(10)}true`;
  const refused = `error running container: from /usr/bin/runc creating container for [/bin/sh -c ${command}]: refused`;
  const told = explain(refused, `Error: building at STEP "RUN ${command}": while running runtime: exit status 1`);
  assert.match(
    told,
    /^building at STEP "RUN apt-get update && [^"]{30,50} \.\.\.": while running runtime: exit status 1/,
  );
  assert.match(told, /creating container for \[\/bin\/sh -c apt-get [^\]]{30,50} \.\.\.\]: refused$/);
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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodTemplateSpec } from '@croft/api/types';
import { findLastingTrouble } from './lasting-trouble.ts';

const template: PodTemplateSpec = { spec: { containers: [{ name: 'main', image: 'example.org/web:2' }] } };
const pod = (reason: string, message: string, spec: PodTemplateSpec['spec'] = template.spec): Pod => ({
  metadata: { name: 'web-1' },
  ...(spec === undefined ? {} : { spec }),
  status: {
    containerStatuses: [
      { name: 'main', ready: false, restartCount: 0, image: '', imageID: '', state: { waiting: { reason, message } } },
    ],
  },
});
const patience = (reason: string, message: string) => findLastingTrouble(pod(reason, message), template)?.patienceMs;

test('what cannot heal ends the wait, at once where nothing could be on its way', () => {
  const atOnce: [string, string][] = [
    ['InvalidImageName', 'couldn\'t parse image name "Web:2"'],
    ['ErrImagePull', 'could not be built: Error: building at STEP "RUN x": while running runtime: exit status 3'],
    [
      'ImagePullBackOff',
      'Back-off: building at STEP "COPY a b": checking on sources under "/x": copier: stat: "/a": no such file or directory',
    ],
  ];
  for (const [reason, message] of atOnce) assert.equal(patience(reason, message), 0, message);
  const later: [string, string][] = [
    ['ErrImageNeverPull', 'Container image "web:2" is not present with pull policy of Never'],
    ['ErrImagePull', 'initializing source docker://a/b:2: reading manifest 2 in a/b: manifest unknown'],
    ['ErrImagePull', 'rpc error: code = NotFound desc = failed to resolve reference "a/b:2": a/b:2: not found'],
    ['ImagePullBackOff', 'Back-off pulling image "b": ErrImagePull: requested access to the resource is denied'],
    ['ImagePullBackOff', 'image localhost/croft/x:1 is not on this machine, and no recipe for it is known'],
    ['CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'],
  ];
  for (const [reason, message] of later) assert.ok((patience(reason, message) ?? 0) > 0, message);
});

test('what may heal is waited for', () => {
  const passing: [string, string][] = [
    ['ErrImagePull', 'pinging container registry a:5000: dial tcp 10.0.0.1:5000: connect: connection refused'],
    ['ErrImagePull', 'reading manifest 2 in a/b: received unexpected HTTP status: 503 Service Unavailable'],
    ['ErrImagePull', 'toomanyrequests: access denied: You have reached your pull rate limit'],
    ['ErrImagePull', 'pinging container registry a:5000: invalid status code from registry 404 (Not Found)'],
    ['ErrImagePull', 'lookup registry.example.org: no such host'],
    [
      'ErrImagePull',
      'Temporary failure resolving deb.debian.org; building at STEP "RUN apt-get": while running runtime: exit status 100',
    ],
    ['ErrImagePull', 'building at STEP "RUN make": while running runtime: exit status 137'],
    ['ImagePullBackOff', 'Back-off pulling image "web:2"'],
    ['CreateContainerConfigError', 'secret "late" not found'],
    ['CreateContainerConfigError', "couldn't find key x in Secret team/late"],
    ['CrashLoopBackOff', 'back-off 10s restarting failed container'],
    ['ContainerCreating', 'building web 2: step 2/5'],
  ];
  for (const [reason, message] of passing) assert.equal(patience(reason, message), undefined, message);
});

test('the trouble of an earlier template says nothing of the newest', () => {
  const isTold = (spec: PodTemplateSpec['spec'], wanted = template) =>
    findLastingTrouble(pod('InvalidImageName', '', spec), wanted) !== undefined;
  assert.equal(isTold(template.spec), true);
  assert.equal(isTold({ containers: [{ name: 'main', image: 'example.org/web:1' }] }), false);
  const withSecret = { ...template, spec: { containers: [], ...template.spec, imagePullSecrets: [{ name: 'pull' }] } };
  assert.equal(isTold(template.spec, withSecret), false);
  assert.equal(isTold(withSecret.spec, withSecret), true);
  const asUser = { containers: [{ name: 'main', image: 'example.org/web:2', securityContext: { runAsUser: 1000 } }] };
  assert.equal(isTold(template.spec, { spec: asUser }), false);
  const gone = { ...pod('InvalidImageName', ''), metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };
  assert.equal(findLastingTrouble(gone, template), undefined);
});

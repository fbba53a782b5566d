import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

test('what is no JSON is told as Go tells it', async () => {
  await using api = await startTestServer();
  const problems: [string, string][] = [
    ['{"metadata":{}} x', 'invalid character \'x\' after top-level value ({"metadata":{}} x)'],
    ['{metadata', "invalid character 'm' looking for beginning of object key string ({metadata)"],
    ['no', "invalid character 'o' in literal null (expecting 'u') (6e6f)"],
    ['{', 'unexpected end of JSON input ({)'],
  ];
  for (const [body, problem] of problems) {
    const { message } = (await api.call('POST', configMaps, body)).body as { message: string };
    assert.ok(message.endsWith(`json parse error: ${problem}`), message);
  }
});

test('an answer in YAML has its keys in order and its lists at the margin', async () => {
  await using api = await startTestServer();
  const metadata = { name: 'a', finalizers: ['e.org/x'] };
  await api.call('POST', `${configMaps}?fieldManager=m`, { metadata, data: { yes: 'true', text: 'a\nb\n' } });
  const { body, headers } = await api.call('GET', `${configMaps}/a`, undefined, { accept: 'application/yaml' });
  assert.equal(headers.get('content-type'), 'application/yaml');
  const text = String(body);
  assert.ok(
    text.startsWith('apiVersion: v1\ndata:\n  text: |\n    a\n    b\n  "yes": "true"\nkind: ConfigMap\n'),
    text,
  );
  assert.ok(text.includes('\n  finalizers:\n  - e.org/x\n'), text);
});

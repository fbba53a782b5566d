import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseVersion } from './chart-version.ts';
import { parseIndex } from './index-file.ts';

const yaml = `apiVersion: v1
entries:
  # a comment
  cart:
  - apiVersion: v2
    created: "2026-01-02T03:04:05Z"
    description: |
      Text: with a colon

      - and a dash
    digest: abc
    name: cart
    urls:
    - cart-1.0.0.tgz
    version: 1.0.0
  "shop":
    - name: shop
      version: 1.2.0
      urls: [https://x.test/shop-1.2.0.tgz]
    - name: shop
      version: 1.10.0
      description: "a
        b"
    - name: shop
      version: 2.0.0-rc.1
    - version: 3.0.0
    - name: shop
      version: none
  empty: []
generated: "2026-01-02T03:04:05Z"
`;

test('charts of an index in YAML are found and sorted, wrong entries left out', async () => {
  const warnings: string[] = [];
  const index = await parseIndex(yaml, 'the index', (text) => warnings.push(text));
  assert.deepEqual(index.names, ['cart', 'shop', 'empty']);
  const [cart] = [...index.eachVersion('cart')];
  assert.equal(cart?.metadata.description, 'Text: with a colon  - and a dash ');
  assert.deepEqual([cart?.urls, cart?.digest, cart?.created], [['cart-1.0.0.tgz'], 'abc', '2026-01-02T03:04:05Z']);
  const versions = [...index.eachVersion('shop')];
  assert.deepEqual(
    versions.map(({ metadata }) => metadata.version),
    ['2.0.0-rc.1', '1.10.0', '1.2.0'],
  );
  assert.equal(versions[1]?.metadata.description, 'a b');
  assert.deepEqual(warnings, [
    'skipping loading invalid entry for chart "shop" "3.0.0" from the index: validation: chart.metadata.name is required',
    'skipping loading invalid entry for chart "shop" "none" from the index: validation: chart.metadata.version "none" is invalid',
  ]);
  assert.deepEqual([...index.eachVersion('empty')], []);
  assert.deepEqual([...index.eachVersion('none')], []);
});

test('versions are chosen as Helm chooses them', async () => {
  const index = await parseIndex(yaml, 'x');
  const versions = [...index.eachVersion('shop')];
  const choose = (range: string) => {
    const found = chooseVersion(versions, range)?.metadata.version;
    assert.equal(index.findVersion('shop', range)?.metadata.version, found);
    return found;
  };
  assert.deepEqual(['', '*', '1.2.0', '~1.2', '>0.0.0-0', '>=2', '^1.3'].map(choose), [
    '1.10.0',
    '1.10.0',
    '1.2.0',
    '1.2.0',
    '2.0.0-rc.1',
    undefined,
    '1.10.0',
  ]);
  assert.throws(() => choose('x y'), /improper constraint/);
});

test('indexes in JSON and in other forms of YAML say the same', async () => {
  const entry = { name: 'shop', version: '1.0.0', urls: ['a"}]/b.tgz'], description: 'é 😀 "\\" {[' };
  const json = JSON.stringify({ apiVersion: 'v1', entries: { a: [], shop: [entry, null] }, generated: 'x' });
  const escaped = json.replace('é 😀', '\\u00e9 \\ud83d\\ude00').replaceAll('/b', '\\/b');
  for (const text of [
    json,
    escaped,
    `# c\n${json}`,
    'apiVersion: v1\nentries: {shop: [{name: shop, version: 1.0.0, urls: ["a\\"}]/b.tgz"], description: "é 😀 \\"\\\\\\" {["}]}\n',
  ]) {
    const index = await parseIndex(text, 'x');
    const [shop, ...more] = [...index.eachVersion('shop')];
    assert.equal(more.length, 0, text);
    assert.deepEqual(
      [shop?.metadata.version, shop?.urls, shop?.metadata.description],
      ['1.0.0', entry.urls, entry.description],
      text,
    );
  }
});

test('what is no index is told with its place', async () => {
  const rejects = async (text: string, message: RegExp) => await assert.rejects(parseIndex(text, 'http://x/'), message);
  await rejects('', /error loading http:\/\/x\/: empty index\.yaml file/);
  await rejects('entries:\n  a: []\n', /no API version specified/);
  await rejects('<html>\n<body a="b: c">\n', /error loading http:\/\/x\/: /);
  await rejects('{"apiVersion": "v1", "entries": {"a": [}', /error loading http:\/\/x\/: .*yaml/);
  const index = await parseIndex(
    'apiVersion: v1\nentries:\n  a:\n  - name: a\n    version: [1]\n  b:\n    c: d\n',
    'x',
  );
  assert.throws(() => [...index.eachVersion('a')], /error loading x: chart a, line 4: .*cannot unmarshal array/);
  assert.throws(() => [...index.eachVersion('b')], /error loading x: the entry of chart b \(line 7\) is no list/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeUnknown, nearestNames } from './nearest-names.ts';

const names = ['wordpress', 'tiddlywiki', 'nextcloud', 'rocketchat'];

test('slips of the keys find the name that was meant', () => {
  for (const slip of ['wordpres', 'worpdress', 'WordPress', 'wordprses', 'word']) {
    assert.deepEqual(nearestNames(slip, names), ['wordpress'], slip);
  }
  assert.deepEqual(nearestNames('mastodon', names), []);
});

test('the message names what is near, or nothing', () => {
  assert.equal(
    describeUnknown('application', 'nextclod', names),
    'there is no application "nextclod"; did you mean "nextcloud"?',
  );
  assert.equal(describeUnknown('application', 'mastodon', names), 'there is no application "mastodon"');
});

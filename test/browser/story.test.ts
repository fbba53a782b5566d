// From `croft up` to a published post, and what an administrator and the upgrades do to it afterwards; on real parts.
// Croft is killed at random meanwhile, fifty times over the steps in which it is not asked itself.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, visit } from '../support/browser.ts';
import { readContainers } from '../support/containers.ts';
import { eventually, startInstance, type TestInstance } from '../support/instance.ts';
import { killAndStart } from '../support/killer.ts';
import { stepsOf } from '../support/steps.ts';
import { readPrintedStatus } from '../support/tiny.ts';
import { startTraffic } from '../support/traffic.ts';
import { assertAllAnswered, assertReady, assertRolledBack, patienceMs, readFromVolumes } from './expectations.ts';
import { basicAuth, readFirstLogin } from './first-login.ts';
import { readHelmRecords } from './helm-record.ts';
import { useKubectl } from './kubectl-story.ts';
import { drawPicture } from './picture.ts';
import { writeTiddler } from './tiddlywiki-page.ts';
import { logIn, publishPost, uploadPicture } from './wordpress-pages.ts';
import {
  goodVersion,
  readAgain,
  upgradeTimeout,
  versionThatDoesNotBuild,
  versionThatNeverAnswers,
} from './wordpress-versions.ts';

const post = { title: 'An evening at the croft', text: 'Written in the block editor, published from our own machine.' };
const viewport = { width: 1280, height: 800 };
const visitsPerSecond = 4;
const selectors = {
  wordpress: 'app.kubernetes.io/name=wordpress',
  wiki: 'app.kubernetes.io/name=tiddlywiki',
  /** What no step of the story changes before WordPress is disabled. */
  others: 'app.kubernetes.io/name in (mariadb, tiddlywiki)',
};

test('a prescription in git becomes a WordPress that people use', async (t) => {
  let printed = '';
  const instance = await startInstance(t, {
    applications: ['wordpress', 'tiddlywiki'],
    onOutput: (text) => {
      printed += text;
    },
  });
  const wordpress = readFirstLogin(printed, 'WordPress');
  const tiddlywiki = readFirstLogin(printed, 'TiddlyWiki');
  const host = new URL(wordpress.url).hostname;
  const wikiHost = new URL(tiddlywiki.url).hostname;
  const { browser } = await openTrustingBrowser(t, instance);
  const page = await openPage(browser.newContext({ viewport }));
  const picture = await drawPicture(browser);
  const others = await readContainers(instance, selectors.others);
  let postUrl = '';
  let pictureUrl = '';

  const assertPublished = async (headers: Record<string, string> = {}) => {
    const { status, body } = await instance.ask(host, new URL(postUrl).pathname, { headers });
    assert.equal(status, 200);
    for (const text of [post.title, post.text, pictureUrl.replace('.png', '')]) assert.ok(body.includes(text), text);
    assert.equal((await instance.ask(host, new URL(pictureUrl).pathname, { headers })).status, 200);
  };

  /** Does the work while Croft is killed and started so many times; nothing that runs is touched by that. */
  const underKills = async (times: number, work: () => Promise<void>) => {
    await Promise.all([killAndStart(instance, times), work()]);
    await eventually(async () => assert.deepEqual(await readContainers(instance, selectors.others), others));
  };
  /** A push that is refused while Croft is down is done again, as a person would. */
  const push = (files: Record<string, string>) => eventually(() => instance.push(files), patienceMs);
  const step = stepsOf(t);

  await step('the images are built by their recipes', async () => {
    for (const [name, tag] of [
      ['wordpress', '6.1'],
      ['mariadb', '10.11'],
      ['tiddlywiki', '5.4.1'],
    ]) {
      const log = await readFile(join(instance.dataDir, 'logs', 'images', `${name}.log`), 'utf8');
      assert.match(log, new RegExp(`localhost/croft/${name}:${tag}`));
    }
  });

  await step("it is reached over TLS by those who trust the instance's authority, and by no one else", async (t) => {
    const response = await visit(page, wordpress.url);
    assert.equal(response?.status(), 200);
    const authority = new X509Certificate(await readFile(authorityOf(instance)));
    assert.equal(`CN=${(await response.securityDetails())?.issuer}`, authority.subject);
    const stranger = await openBrowser();
    t.after(() => stranger[Symbol.asyncDispose]());
    const theirs = await openPage(stranger.browser.newContext());
    await assert.rejects(visit(theirs, wordpress.url), /ERR_CERT_AUTHORITY_INVALID/);
  });

  await step('a post with a picture is published', async () => {
    const containers = await readContainers(instance, selectors.wordpress);
    await underKills(6, async () => {
      await logIn(page, wordpress.url, wordpress);
      pictureUrl = await uploadPicture(page, wordpress.url, picture);
      postUrl = await publishPost(page, wordpress.url, post);
    });
    assert.deepEqual(await readContainers(instance, selectors.wordpress), containers);
    await assertPublished();
    const visitor = await openPage(browser.newContext({ viewport }));
    await visit(visitor, postUrl);
    await visitor.getByRole('heading', { name: post.title }).waitFor();
    await visitor.getByText(post.text).waitFor();
    assert.equal(await visitor.locator('figure img').evaluate(isDrawn), true);
    const { CROFT_SCREENSHOT: screenshot } = process.env;
    if (screenshot !== undefined) await visitor.screenshot({ path: screenshot });
    await visitor.context().close();
  });

  await step('TiddlyWiki beside it asks who comes, and keeps a tiddler', async () => {
    assert.equal((await instance.ask(wikiHost)).status, 401);
    const httpCredentials = { username: tiddlywiki.user, password: tiddlywiki.password };
    const wiki = await openPage(browser.newContext({ viewport, httpCredentials }));
    await underKills(4, () => writeTiddler(wiki, tiddlywiki.url, 'Groceries', 'bread and butter'));
    const path = '/recipes/default/tiddlers/Groceries';
    const { body } = await instance.ask(wikiHost, path, { headers: basicAuth(tiddlywiki) });
    assert.equal((JSON.parse(body) as { text: string }).text, 'bread and butter');
    await wiki.context().close();
  });

  await step('basic authentication comes and goes with the settings', async () => {
    const friends = { user: 'friends', password: 'open sesame' };
    const settings = join(instance.dataDir, 'settings.yaml');
    const before = await readFile(settings, 'utf8');
    const values = JSON.stringify({ ingress: { basicAuth: { enabled: true, ...friends } } });
    const containers = await readContainers(instance, selectors.wordpress);
    const wrong = basicAuth({ user: 'friends', password: 'close sesame' });
    await underKills(4, async () => {
      await writeFile(settings, `${before}applications:\n  wordpress:\n    values: ${values}\n`);
      // While the front door changes over, single answers still come by the old configuration.
      await eventually(async () => {
        for (const headers of [{}, wrong]) assert.equal((await instance.ask(host, '/', { headers })).status, 401);
      });
    });
    const httpCredentials = { username: friends.user, password: friends.password };
    const friend = await openPage(browser.newContext({ httpCredentials }));
    assert.equal((await visit(friend, postUrl))?.status(), 200);
    await friend.context().close();
    await assertPublished(basicAuth(friends));
    await underKills(4, async () => {
      await writeFile(settings, before);
      await eventually(() => assertPublished());
      await eventually(() => assertReady(instance, '6.1'));
    });
    assert.deepEqual(await readContainers(instance, selectors.wordpress), containers);
  });

  await step('kubectl works, and releases are recorded as Helm does', async () => {
    await useKubectl(instance);
    const [first] = await readHelmRecords(instance, 'apps', 'wordpress');
    assert.equal(first?.type, 'helm.sh/release.v1');
    const { modifiedAt: _, createdAt: __, ...labels } = first.labels;
    assert.deepEqual(labels, { name: 'wordpress', owner: 'helm', status: 'superseded', version: '1' });
    const { name, namespace, version, manifest, config, info, chart, hooks } = first.release;
    assert.deepEqual({ name, namespace, version }, { name: 'wordpress', namespace: 'apps', version: 1 });
    assert.match(manifest, /^kind: Deployment$/m);
    assert.deepEqual(config.ingress, { host });
    assert.match(info.notes, /WordPress is at https:/);
    assert.match(info.first_deployed, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual([chart.metadata.name, chart.metadata.appVersion], ['wordpress', '6.1']);
    assert.ok(chart.templates.some((template) => template.name === 'templates/deployment.yaml'));
    assert.deepEqual(
      hooks.map((hook) => [hook.name, hook.events, hook.last_run.phase]),
      [['wordpress-test', ['test'], 'Succeeded']],
    );
  });

  await step('a pushed version is rolled out unattended; post and picture are still there', async () => {
    await using traffic = await startTraffic(instance, host, { perSecond: visitsPerSecond });
    const files = {
      ...(await goodVersion(instance, '1.1.0', '6.1-2', 'second')),
      ...(await upgradeTimeout(instance, '40s')),
    };
    await underKills(8, async () => {
      await push(files);
      const seesSecond = async () => assert.equal((await instance.ask(host, '/release.txt')).body, 'second\n');
      await eventually(seesSecond, patienceMs);
      await eventually(() => assertReady(instance, '6.1-2'), patienceMs);
    });
    await assertPublished();
    await assertAllAnswered(traffic);
  });

  await step('a version whose image does not build is rolled back, and the status says why', async () => {
    await using traffic = await startTraffic(instance, host, { perSecond: visitsPerSecond });
    const files = await versionThatDoesNotBuild(instance, '1.2.0', '6.1-3');
    const before = await readAgain(instance, files);
    await underKills(8, async () => {
      await push(files);
      await assertRolledBack(instance, '6.1-2', /could not be built.*the plug-in is nowhere to be found/s);
    });
    await assertPublished();
    await push(before);
    await eventually(() => assertReady(instance, '6.1-2'));
    await assertAllAnswered(traffic);
  });

  await step('a version that never becomes ready is rolled back, and the status says why', async () => {
    await using traffic = await startTraffic(instance, host, { perSecond: visitsPerSecond });
    const files = await versionThatNeverAnswers(instance, '1.3.0', '6.1-2');
    const before = await readAgain(instance, files);
    await underKills(8, async () => {
      await push(files);
      await assertRolledBack(instance, '6.1-2', /probe failed.*refused/is);
    });
    await assertPublished();
    await push(before);
    await eventually(() => assertReady(instance, '6.1-2'));
    await assertAllAnswered(traffic);
  });

  await step('disabled, it is removed, and its volumes stay on the disk', async () => {
    const wiki = await readContainers(instance, selectors.wiki);
    await Promise.all([killAndStart(instance, 4), eventually(() => instance.croft('apps', 'disable', 'wordpress'))]);
    await eventually(async () => {
      assert.deepEqual((await readPrintedStatus(instance)).applications.map(nameOf), ['tiddlywiki']);
      const pods = await instance.kubectl('get', 'pods', '-n', 'apps', '-o', 'name');
      assert.doesNotMatch(pods, /wordpress/);
    }, patienceMs);
    assert.deepEqual(await readContainers(instance, selectors.wiki), wiki);
    await eventually(async () => assert.equal((await instance.ask(host)).status, 404));
    assert.equal((await instance.ask(wikiHost, '/', { headers: basicAuth(tiddlywiki) })).status, 200);
    assert.deepEqual(await readFromVolumes(instance, picture.name), [picture.buffer]);
  });

  await step('enabled again, its data is back', async () => {
    await Promise.all([killAndStart(instance, 4), eventually(() => instance.croft('apps', 'enable', 'wordpress'))]);
    await eventually(() => assertReady(instance, '6.1-2'), patienceMs);
    await eventually(() => assertPublished());
    await page.context().clearCookies();
    await logIn(page, wordpress.url, wordpress);
  });
});

async function openTrustingBrowser(t: TestContext, instance: TestInstance) {
  const opened = await openBrowser({ authority: authorityOf(instance) });
  t.after(() => opened[Symbol.asyncDispose]());
  return opened;
}

async function openPage(context: Promise<{ newPage(): Promise<Page> }>): Promise<Page> {
  const page = await (await context).newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

function authorityOf({ dataDir }: TestInstance): string {
  return join(dataDir, 'pki', 'ca.crt');
}

function isDrawn(image: Element): boolean {
  return (image as unknown as { naturalWidth: number }).naturalWidth > 0;
}

function nameOf({ name }: { name: string }): string {
  return name;
}

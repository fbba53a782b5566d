import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@croft/foundation/process';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';

/** A Chromium that no one has used before; ends with the stack of its owner. */
export interface OpenBrowser extends AsyncDisposable {
  browser: Browser;
}

export interface BrowserOptions {
  /** The file of an authority that the browser trusts beside the public ones, as a person would add it. */
  authority?: string;
}

const certutilTimeoutMs = 30_000;
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Debian's Chromium with a home of its own. Certificates are checked as ever: only the authority is added. */
export async function openBrowser({ authority }: BrowserOptions = {}): Promise<OpenBrowser> {
  const home = await mkdtemp(join(tmpdir(), 'croft-browser-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 20 }));
  if (authority !== undefined) await trust(home, authority);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: flags,
    env: { PATH: process.env.PATH ?? '', HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  stack.defer(() => browser.close());
  const kept = stack.move();
  return { browser, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Opens an address; once more when the machine's network changed meanwhile, which makes Chromium give up. */
export async function visit(page: Page, url: string, tries = 5): Promise<Response | null> {
  try {
    return await page.goto(url);
  } catch (error) {
    if (tries === 1 || !String(error).includes('ERR_NETWORK_CHANGED')) throw error;
    return await visit(page, url, tries - 1);
  }
}

/** What a person does in the settings of Chromium: an authority for web sites in the user's own database. */
async function trust(home: string, authority: string): Promise<void> {
  const folder = join(home, '.pki', 'nssdb');
  const database = ['-d', `sql:${folder}`];
  await mkdir(folder, { recursive: true });
  await run('certutil', ['-N', ...database, '--empty-password'], { timeoutMs: certutilTimeoutMs });
  const add = ['-A', ...database, '-t', 'C,,', '-n', 'Croft', '-i', authority];
  await run('certutil', add, { timeoutMs: certutilTimeoutMs });
}

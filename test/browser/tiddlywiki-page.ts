import type { Page } from 'playwright-core';
import { visit } from '../support/browser.ts';

/** Writes a tiddler in the page of the wiki, and waits until the server has it. */
export async function writeTiddler(page: Page, url: string, title: string, text: string): Promise<void> {
  await visit(page, url);
  await page.getByTitle('Create a new tiddler').click();
  await page.locator('input.tc-titlebar').fill(title);
  await page.frameLocator('.tc-tiddler-edit-frame iframe').locator('textarea').fill(text);
  const path = `/${encodeURIComponent(title)}`;
  const saved = page.waitForResponse(
    (response) => response.request().method() === 'PUT' && response.url().endsWith(path),
  );
  await page.getByTitle('Confirm changes to this tiddler').click();
  await saved;
}

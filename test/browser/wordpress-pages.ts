import type { Page } from 'playwright-core';
import { visit } from '../support/browser.ts';

export interface Login {
  user: string;
  password: string;
}

export interface Post {
  title: string;
  text: string;
}

export interface Picture {
  name: string;
  mimeType: 'image/png';
  buffer: Buffer;
}

/** `url` ends in a slash, here and below. */
export async function logIn(page: Page, url: string, { user, password }: Login): Promise<void> {
  await visit(page, `${url}wp-login.php`);
  await page.getByLabel('Username or Email Address').fill(user);
  await page.locator('#user_pass').fill(password);
  await page.getByRole('button', { name: 'Log In' }).click();
  await page.getByRole('heading', { name: 'Dashboard', exact: true }).waitFor();
}

/** Sends the picture through the page of the media library. Gives the address of the file. */
export async function uploadPicture(page: Page, url: string, picture: Picture): Promise<string> {
  await visit(page, `${url}wp-admin/media-new.php`);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Select Files' }).click();
  await (await chooser).setFiles(picture);
  const address = page.locator('#media-items .copy-attachment-url');
  return (await address.first().getAttribute('data-clipboard-text')) ?? '';
}

/** Writes a post in the block editor, with the newest picture of the media library, and publishes it. Gives its address. */
export async function publishPost(page: Page, url: string, { title, text }: Post): Promise<string> {
  await page.addLocatorHandler(page.getByRole('dialog', { name: 'Welcome' }), async (guide) => {
    await guide.getByRole('button', { name: 'Close' }).click();
  });
  await visit(page, `${url}wp-admin/post-new.php`);
  await page.getByRole('textbox', { name: 'Add title' }).fill(title);
  await page.keyboard.press('Enter');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await insertPicture(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  return await publish(page);
}

/** Presses the button once more when the network of the machine changed meanwhile, as a person would. */
async function publish(page: Page, tries = 5): Promise<string> {
  const panel = page.getByRole('region', { name: 'Editor publish' });
  await panel.getByRole('button', { name: 'Publish', exact: true }).click();
  const link = panel.getByRole('link', { name: 'View Post' });
  const failure = page.getByText('Publishing failed').first();
  await link.or(failure).first().waitFor();
  if (await link.isVisible()) return (await link.getAttribute('href')) ?? '';
  if (tries === 1) throw new Error((await failure.textContent()) ?? 'Publishing failed');
  await page.getByRole('button', { name: 'Dismiss this notice' }).first().click();
  return await publish(page, tries - 1);
}

async function insertPicture(page: Page): Promise<void> {
  await page.keyboard.type('/image');
  await page.getByRole('option', { name: 'Image', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Media Library' }).click();
  const library = page.getByRole('dialog').filter({ hasText: 'Select or Upload Media' });
  await library.locator('li.attachment').first().click();
  await library.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByRole('document', { name: 'Block: Image' }).locator('img').waitFor();
}

import type { Browser } from 'playwright-core';
import type { Picture } from './wordpress-pages.ts';

const size = { width: 1200, height: 500 };

/** Hills at dusk, drawn by the browser: a picture of our own. */
const drawing = `<!doctype html><style>body{margin:0}</style>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 500" width="1200" height="500">
  <defs><linearGradient id="sky" x2="0" y2="1">
    <stop offset="0" stop-color="#27446b"/><stop offset=".6" stop-color="#e8a27c"/><stop offset="1" stop-color="#fbe3b0"/>
  </linearGradient></defs>
  <rect width="1200" height="500" fill="url(#sky)"/>
  <circle cx="830" cy="250" r="58" fill="#fff3cf"/>
  <path d="M0 330 Q180 210 380 310 T760 290 Q960 170 1200 320 V500 H0Z" fill="#6d7f95"/>
  <path d="M0 380 Q240 280 520 370 Q860 460 1200 340 V500 H0Z" fill="#46637a"/>
  <path d="M0 440 Q300 350 640 425 T1200 415 V500 H0Z" fill="#24454f"/>
  <path d="M400 424 v-64 h-14 l44 -42 l44 42 h-14 v64z" fill="#f2efe6"/>
  <path d="M382 364 l48 -48 l48 48" fill="none" stroke="#a5483a" stroke-width="12"/>
  <rect x="420" y="384" width="20" height="40" fill="#8a5a3c"/>
</svg>`;

export async function drawPicture(browser: Browser): Promise<Picture> {
  const page = await browser.newPage({ viewport: size });
  await page.setContent(drawing);
  const buffer = await page.screenshot();
  await page.close();
  return { name: 'evening-at-the-croft.png', mimeType: 'image/png', buffer };
}

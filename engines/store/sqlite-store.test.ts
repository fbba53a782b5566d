import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { describeRevisionLog } from './conformance.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'croft-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let stores = 0;
const nextPath = () => join(folder, `${++stores}.db`);

describeRevisionLog('SQLite store', () => openSqliteStore({ path: nextPath() }));

describeRevisionLog('SQLite store with its history on disk', () =>
  openSqliteStore({ path: nextPath(), history: { maxChanges: 2 } }),
);

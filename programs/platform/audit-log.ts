import { join } from 'node:path';
import { type AuditOptions, type AuditRule, defaultAuditRules } from '@croft/apiserver/audit';
import { openRotatingFile } from '@croft/foundation/rotating-file';
import { instancePaths } from './paths.ts';

const maxBytes = 10 * 1024 * 1024;
const maxFiles = 5;

/** What this process does by itself is not told. */
const rules: readonly AuditRule[] = [{ level: 'None', users: ['croft'] }, ...defaultAuditRules];

/** Who changed what through the API, in `logs/audit.log`: one JSON object a line, 50 MiB at most. */
export function openAuditLog(dataDir: string): AuditOptions & Disposable {
  const file = openRotatingFile({ path: join(instancePaths(dataDir).logs, 'audit.log'), maxBytes, maxFiles });
  return { write: (line) => file.write(line), rules, [Symbol.dispose]: () => file[Symbol.dispose]() };
}

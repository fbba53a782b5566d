// The DNS program: it runs by itself, knows only files, and imports little, so that it costs little and outlives Croft.
// Arguments: address, port, file of records, resolv.conf, version; without any it ends at once.
import { readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { listenForQueries } from './listen.ts';
import { watchResolvers } from './upstreams.ts';
import { emptyZoneFile, parseZoneFile, type ZoneFile } from './zone.ts';
import { createZoneSource } from './zone-source.ts';

const [address = '', port = '', recordsPath = '', resolvPath = '', version = ''] = process.argv.slice(2);
if (address === '') process.exit(0);
const say = (message: string) => process.stdout.write(`${new Date().toISOString()} ${message}\n`);

const source = createZoneSource(withVersion(emptyZoneFile));

function loadRecords(): void {
  try {
    source.replace(withVersion(parseZoneFile(readFileSync(recordsPath, 'utf8'))));
  } catch (error) {
    say(`the records stay as they were: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** By this name the one who starts the program knows that it is this one that answers. */
function withVersion(file: ZoneFile): ZoneFile {
  return { ...file, records: { ...file.records, [`${version}.version.croft`]: { txt: version } } };
}

loadRecords();
watch(dirname(recordsPath), (_, name) => {
  if (name === basename(recordsPath)) loadRecords();
});
const listener = await listenForQueries({
  address,
  port: Number(port),
  source: { ...source, resolvers: watchResolvers(resolvPath, address, Date.now) },
  onError: (error) => say(error instanceof Error ? error.message : String(error)),
});
say(`answering on ${address} port ${port}`);
process.once('SIGTERM', async () => {
  await listener[Symbol.asyncDispose]();
  process.exit(0);
});

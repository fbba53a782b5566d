/** From when on a zone has been at an offset, and what that is called. */
export interface ZoneRecord {
  from: number;
  offset: number;
  abbreviation: string;
}

/** Reads a TZif file (RFC 8536): its transitions with 64-bit times, and the names of its footer. */
export function parseZoneFile(data: Buffer): ZoneRecord[] {
  if (data.toString('latin1', 0, 4) !== 'TZif') throw new Error('not a time zone file');
  const first = readCounts(data, 0);
  const is64Bit = (data[4] ?? 0) >= 0x32;
  const start = is64Bit ? first.end : 0;
  const counts = is64Bit ? readCounts(data, start) : first;
  const size = is64Bit ? 8 : 4;
  const times = start + 44;
  const types = times + counts.times * size;
  const infos = types + counts.times;
  const names = infos + counts.types * 6;
  const typeOf = (index: number): ZoneRecord => {
    const at = infos + index * 6;
    const name = names + (data[at + 5] ?? 0);
    const abbreviation = data.toString('latin1', name, data.indexOf(0, name));
    return { from: Number.NEGATIVE_INFINITY, offset: data.readInt32BE(at), abbreviation };
  };
  const records = Array.from({ length: counts.times }, (_, i) => {
    const from = is64Bit ? Number(data.readBigInt64BE(times + i * 8)) : data.readInt32BE(times + i * 4);
    return { ...typeOf(data[types + i] ?? 0), from };
  });
  return [typeOf(0), ...records];
}

function readCounts(data: Buffer, start: number): { times: number; types: number; end: number } {
  const [isUt = 0, isStandard = 0, leaps = 0, times = 0, types = 0, chars = 0] = Array.from({ length: 6 }, (_, i) =>
    data.readUInt32BE(start + 20 + i * 4),
  );
  return { times, types, end: start + 44 + times * 5 + types * 6 + chars + leaps * 8 + isStandard + isUt };
}

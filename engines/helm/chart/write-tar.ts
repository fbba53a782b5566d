import type { ChartFile } from './chart.ts';

const BLOCK = 512;

/** A tar archive (ustar, with pax records for long names) of plain files that all may read. */
export function writeTar(files: readonly ChartFile[], nowMs: number): Buffer {
  const parts: Buffer[] = [];
  for (const { name, data } of files) {
    if (Buffer.byteLength(name) > 100) {
      const record = Buffer.from(paxRecord('path', name));
      parts.push(header('PaxHeaders.0/file', record.length, 'x', nowMs), padded(record));
    }
    parts.push(header(name, data.length, '0', nowMs), padded(data));
  }
  parts.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(parts);
}

function header(name: string, size: number, type: string, nowMs: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${octal(size)}\0`, 124);
  block.write(`${octal(Math.floor(nowMs / 1000))}\0`, 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function octal(value: number): string {
  return value.toString(8).padStart(11, '0');
}

function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);
}

/** `LENGTH key=value\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  let total = length + String(length).length;
  if (length + String(total).length > total) total++;
  return `${total}${rest}`;
}

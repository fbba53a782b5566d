// A program of its own: joins its input and output to a TCP port of the network namespace that it was started in.
// Tells of the connection by one byte on descriptor 3.
import { writeSync } from 'node:fs';
import { connect } from 'node:net';

const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]), allowHalfOpen: true });
socket.on('connect', () => {
  writeSync(3, '.');
  process.stdin.pipe(socket).pipe(process.stdout);
});
socket.on('error', (error) => {
  process.stderr.write(error.message);
  process.exit(1);
});
process.stdout.on('error', () => process.exit(0)); // nobody reads any more

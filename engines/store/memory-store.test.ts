import { describeRevisionLog } from './conformance.ts';
import { openMemoryStore } from './memory-store.ts';

describeRevisionLog('memory store', openMemoryStore);

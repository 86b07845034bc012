// Preloaded into mediactl: it notices a stalled connection soon, and waits little between attempts.
import { DEFAULT_LIMITS } from '../../../dist/storage/http/transport.js';
import { DEFAULT_RETRY } from '../../../dist/storage/retry.js';

Object.assign(DEFAULT_LIMITS, { stallMs: Number(process.env.HURRY_STALL_MS ?? 1000) });
Object.assign(DEFAULT_RETRY, { baseMs: 10, capMs: 200 });

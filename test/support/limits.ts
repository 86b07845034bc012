import { vi } from 'vitest';
import { timeOfEncodes } from './pace.js';

// Loaded before each test file. What waits inside a test has a limit of its own, which grows while the machine is
// busy; these end a test that hangs.
const ms = timeOfEncodes(1500);
vi.setConfig({ testTimeout: ms, hookTimeout: ms, expect: { poll: { timeout: timeOfEncodes(400), interval: 20 } } });

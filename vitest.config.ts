import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Time limits follow the pace of the machine. No test is tried again: one that fails has something to say.
    setupFiles: ['test/support/limits.ts'],
    pool: 'forks',
    // Some wait while others work; FFmpeg uses the cores by itself.
    maxWorkers: 3,
    // An orphaned process is something these tests look for; a hanging one must not hang the run.
    teardownTimeout: 10_000,
  },
});

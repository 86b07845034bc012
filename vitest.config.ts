import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Most tests wait for FFmpeg, which uses the cores by itself.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real processes on a machine that may be shared: a test that fails in CI is tried again before it counts.
    retry: process.env['CI'] ? 2 : 0,
    // An orphaned process is something these tests look for; a hanging one must not hang the run.
    teardownTimeout: 10_000,
  },
});

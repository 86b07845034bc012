// Preloaded into mediactl by a test: an error outside all promises, while a command runs.
if (process.argv[1]?.endsWith('mediactl.js')) {
  const timer = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(timer);
    throw new Error('thrown from nowhere');
  }, 1);
  timer.unref();
}

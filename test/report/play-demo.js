/**
 * Plays the made-up encode on the real terminal, to look at it. Compile the project somewhere below the repository
 * (npx tsc --noEmit false --outDir node_modules/.demo), then run it with node:
 * play-demo.js [mode] [end] [length: known|unknown] [languages]
 */
import { createReporter } from '../../src/report/report.js';
import { demoFeed } from './demo-feed.js';
const MODES = ['terminal', 'log', 'json', 'quiet'];
const ENDS = ['result', 'unchanged', 'error', 'damaged'];
const [mode, end, length, languages] = process.argv.slice(2);
const reporter = createReporter({
    mode: MODES.find((known) => known === mode) ?? 'terminal',
    stdout: process.stdout,
    stderr: process.stderr,
    columns: () => process.stderr.columns ?? 80,
    rows: () => process.stderr.rows ?? 24,
    color: process.stderr.isTTY,
    verbose: process.env['VERBOSE'] !== undefined,
});
process.on('SIGCONT', reporter.resumed);
const started = Date.now();
const feed = demoFeed({
    end: ENDS.find((known) => known === end) ?? 'result',
    lengthKnown: length !== 'unknown',
    languages: (languages ?? 'en').split(','),
});
for (const { atMs, event } of feed) {
    const wait = started + atMs - Date.now();
    if (wait > 0)
        await new Promise((resolve) => setTimeout(resolve, wait));
    reporter.emit(event);
}
reporter.close();

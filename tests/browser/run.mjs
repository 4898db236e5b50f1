// Runs the browser specs one after the other; arguments name some of them.
import { readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./specs/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter(
    (name) => name.endsWith('.spec.mjs') && (wanted.length === 0 || wanted.some((w) => name.startsWith(w))),
  )
  .map((name) => folder + name);
if (files.length === 0) {
  console.error(`no spec is called ${wanted.join(', ')}`);
  process.exit(2);
}

run({ files, concurrency: 1, timeout: 180_000 })
  .on('test:fail', () => (process.exitCode = 1))
  .compose(spec)
  .pipe(process.stdout);

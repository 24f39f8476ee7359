// Fails where the committed files come to more than 60 MB in all.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';

const LIMIT = 60e6;
const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
const sizes = files.map((file) => ({ file, size: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }));
const total = sizes.reduce((sum, { size }) => sum + size, 0);
const largest = sizes.sort((a, b) => b.size - a.size).slice(0, 3);
console.log(`${files.length} files, ${(total / 1e6).toFixed(1)} MB; the largest:`);
for (const { file, size } of largest) console.log(`  ${(size / 1e6).toFixed(2)} MB  ${file}`);
if (total > LIMIT) {
  console.error(`The repository holds ${(total / 1e6).toFixed(1)} MB; the limit is ${LIMIT / 1e6} MB.`);
  process.exit(1);
}

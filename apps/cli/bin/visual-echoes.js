#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`error: visual-echoes needs Node 20.9 or newer; this is ${process.version}.`);
  process.exit(1);
}
import('../dist/index.js').then(
  ({ run }) => run(process.argv.slice(2)),
  (error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('dist')) throw error;
    console.error('error: this checkout is not built; run: npx pnpm@10.34.9 build');
    process.exit(1);
  },
);

// Packs every publishable package, installs the tarballs into an empty project with npm, imports each entry, and looks
// for the files that pages load by their addresses.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Under node_modules; Node cannot import them. */
const FOR_PAGES = [
  '@visual-echoes/backends/dist/browser/thread-worker.js',
  '@visual-echoes/backends/dist/browser/tfjs-backend-wasm-simd.wasm',
  'visual-echoes/dist/bundle/visual-echoes.js',
  'visual-echoes/dist/bundle/element.js',
  'visual-echoes/dist/bundle/thread-worker.js',
  'visual-echoes/dist/bundle/tfjs-backend-wasm-simd.wasm',
  'visual-echoes/dist/bundle/third-party-licenses.txt',
];

const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(parent).map((name) => join(parent, name)),
);
const scratch = mkdtempSync(join(tmpdir(), 'visual-echoes-pack-'));
const run = (command, args, cwd = process.cwd()) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const packed = [];
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (manifest.private) continue;
    run('npx', ['--yes', 'pnpm@10.34.9', 'pack', '--pack-destination', scratch], folder);
    const file = readdirSync(scratch).find((name) =>
      name.startsWith(`${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}`),
    );
    if (!file) throw new Error(`${manifest.name} made no tarball`);
    packed.push({ ...manifest, file: join(scratch, file) });
  }

  const project = join(scratch, 'project');
  execFileSync('mkdir', [project]);
  const tensorflow = { '@tensorflow/tfjs-core': '4.22.0', '@tensorflow/tfjs-backend-cpu': '4.22.0' };
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: {
        ...tensorflow,
        ...Object.fromEntries(packed.map(({ name, file }) => [name, `file:${file}`])),
      },
    }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], project);

  for (const { name, exports = {}, bin } of packed) {
    const entries = Object.keys(exports).filter(
      (entry) => !entry.includes('*') && entry !== './package.json',
    );
    for (const entry of entries) {
      const specifier = name + entry.slice(1);
      run('node', ['--input-type=module', '-e', `await import(${JSON.stringify(specifier)})`], project);
      console.log(`imports  ${specifier}`);
    }
    for (const command of Object.keys(bin ?? {})) {
      run(join(project, 'node_modules', '.bin', command), ['--help'], project);
      console.log(`runs     ${command} --help`);
    }
  }
  for (const file of FOR_PAGES) {
    if (!existsSync(join(project, 'node_modules', file))) throw new Error(`no tarball holds ${file}`);
    console.log(`holds    ${file}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

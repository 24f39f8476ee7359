// Sets the repository up on a machine that has only Node and npm, and runs `npm start`, `npm test` and `npm run demo`:
//   node tools/setup.mjs install            dependencies and build
//   node tools/setup.mjs start [ARGS…]      … then `visual-echoes generate`, of a sample picture where none is named
//   node tools/setup.mjs test [ARGS…]       … then vitest
//   node tools/setup.mjs demo [--port N]    … then a server of the web page
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'install', ...args] = process.argv.slice(2);

/** The options of `visual-echoes generate` that are followed by a value. */
const WITH_VALUE = [
  '--to',
  '--count',
  '--label',
  '--seed',
  '--steps',
  '--guidance',
  '--temperature',
  '--out',
  '--model',
  '--backend',
];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  fail(`Visual Echoes needs Node 20.9 or newer, and this is ${process.version}. Get it: https://nodejs.org`);
}

install();
build();
if (command === 'start') start();
else if (command === 'test') finish(run(process.execPath, [bin('vitest', 'vitest.mjs'), 'run', ...args]));
else if (command === 'demo')
  finish(run(process.execPath, [join(root, 'apps/demo/server/serve.mjs'), ...args]));
else if (command !== 'install') fail(`There is no "${command}"; use install, start, test or demo.`);

function install() {
  const stamp = join(root, 'node_modules/.cache/setup/lockfile');
  const current = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(process.versions.node.split('.')[0])
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) return;
  console.error('Installing the dependencies (once) …');
  if (pnpm(['install', '--frozen-lockfile', '--reporter=append-only']) !== 0) {
    fail('The dependencies could not be installed. Check the connection and run it again.');
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, current);
}

function build() {
  console.error('Building …');
  if (pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--no-update-notifier']) !== 0) {
    fail('The build failed; the lines above say where.');
  }
}

function start() {
  const caller = process.env.INIT_CWD || process.cwd();
  const named = args.some((arg, i) => !arg.startsWith('-') && !WITH_VALUE.includes(args[i - 1]));
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const given =
    named || wantsHelp || args.includes('both') || args.includes('--to=both') ? [] : [samplePicture()];
  const hasOut = args.some((arg) => /^--out(=|$)/.test(arg));
  // In a folder of its own, a second run writes over the first.
  const out = hasOut ? [] : ['--out', relative(caller, join(root, 'output')) || '.', '--force'];
  if (given.length > 0)
    console.error(`A picture of a handwritten digit becomes its spoken name: ${given[0]}`);
  const command = ['generate', ...given, ...args, ...out];
  console.error(`visual-echoes ${command.join(' ')}`);
  const entry = join(root, 'apps/cli/bin/visual-echoes.js');
  const status = run(process.execPath, [entry, ...command], { cwd: caller });
  if (status === 0 && given.length > 0) {
    console.error('Listen to the .wav file, and look at the .mel.png, its spectrogram.');
    console.error(
      'Your own picture of a digit: npm start -- my.png    All that there is: npm start -- --help',
    );
  }
  finish(status);
}

function samplePicture() {
  const folder = join(root, 'packages/model-digits/samples');
  const pictures = existsSync(folder) ? readdirSync(folder).filter((name) => /^\w+\.png$/.test(name)) : [];
  const name = pictures.includes('seven.png') ? 'seven.png' : pictures.sort()[0];
  if (!name) fail('There is no sample picture here; name one of yours: npm start -- my.png');
  return join(folder, name);
}

function bin(name, file) {
  return join(root, 'node_modules', name, file);
}

/** pnpm in the version of package.json, brought by npx where it is not there. */
function pnpm(rest) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return run('npx', ['--yes', packageManager, ...rest], { shell: process.platform === 'win32' });
}

function run(program, rest, options = {}) {
  const { status, error } = spawnSync(program, rest, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      CI: process.env.CI || 'true', // asks nothing
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      COREPACK_ENABLE_STRICT: '0',
      npm_config_update_notifier: 'false',
    },
    ...options,
  });
  if (error) fail(`${program} could not be started: ${error.message}`);
  return status ?? 1;
}

function finish(status) {
  process.exitCode = status;
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

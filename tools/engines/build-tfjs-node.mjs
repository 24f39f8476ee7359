#!/usr/bin/env node
// Builds the native library of @tensorflow/tfjs-node against the TensorFlow inside a Python wheel.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `Builds the native library of @tensorflow/tfjs-node, TensorFlow.js's fastest engine in Node.

Usage: pnpm engine:tensorflow [options]

It compiles tfjs-node's own sources, and kernels of ours that make transformers a third faster, against the TensorFlow
library in the Python wheel tensorflow-cpu, which it downloads once (about 270 MB) into node_modules/.cache. It needs Linux, Python 3.9 or newer with pip, g++ and Node's
headers. Where the library is already there and works, it does nothing.

Options:
  --prebuilt       first try the library that tfjs-node's authors published (TensorFlow 2.9)
  --force          build even where a library is there and works
  --package DIR    the tfjs-node package to build for; by default the installed one
  --headers DIR    the folder of node_api.h, where it is not found
  --wheel FILE     a wheel of tensorflow-cpu that is already here, in place of the download
  --help           this text

Exit codes: 0 the engine works; 1 it could not be built; 2 wrong usage.`;

/** The wheels that this was tried with; their libraries do not depend on the version of Python. */
const requirement = 'tensorflow-cpu==2.21.*';
const wheelPython = '3.12';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
/** The kernels that this library shares with the WebAssembly engine. */
const native = join(root, 'packages/backends/native');
const cache = join(root, 'node_modules/.cache/visual-echoes/tensorflow');

/** Said of a library that holds them. */
const KERNELS = ', with our kernels';

/** What went wrong, in one line with the remedy. */
class Failure extends Error {}

function main() {
  const options = readOptions();
  if (options.help) return console.log(help);
  const folder = findPackage(options.package);

  // One that an older version of this built lacks our kernels.
  if (!options.force && works(folder) && (works.result.includes(KERNELS) || !isOurs(folder))) {
    return console.log(`tfjs-node already works here: ${works.result}.`);
  }
  if (options.prebuilt) {
    console.log('Trying the published library …');
    spawnSync(process.execPath, ['scripts/install.js'], { cwd: folder, stdio: 'ignore' });
    if (works(folder)) return console.log(`tfjs-node works with the published library: ${works.result}.`);
    console.log('It does not work here; building one.');
  }
  if (process.platform !== 'linux') {
    throw new Failure(`no recipe for ${process.platform} yet. Use the wasm backend, or try --prebuilt.`);
  }

  const headers = findHeaders(options.headers);
  need(
    'g++',
    ['--version'],
    'g++ is missing. Install it: apt-get install g++ (or your system’s C++ compiler).',
  );
  const wheel = options.wheel ? resolve(options.wheel) : download();
  build(folder, wheel, headers);
  if (!works(folder)) throw new Failure(`the library was built but does not work: ${works.result}`);
  console.log(`tfjs-node works: ${works.result}.`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        prebuilt: { type: 'boolean' },
        force: { type: 'boolean' },
        package: { type: 'string' },
        headers: { type: 'string' },
        wheel: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    console.error(`error: ${error.message.split('\n')[0]}\nTry --help.`);
    process.exit(2);
  }
}

function findPackage(given) {
  try {
    const manifest = given
      ? join(resolve(given), 'package.json')
      : createRequire(join(root, 'package.json')).resolve('@tensorflow/tfjs-node/package.json');
    readFileSync(manifest);
    return realpathSync(dirname(manifest));
  } catch {
    throw new Failure(
      given
        ? `${given} is not a package. Give the folder of @tensorflow/tfjs-node.`
        : '@tensorflow/tfjs-node is not installed. Run: pnpm install',
    );
  }
}

/** Whether this program built the library that is there. */
const isOurs = (folder) =>
  existsSync(join(folder, 'lib', napiFolder(folder), 'tfjs_binding_tensorflow.node'));

/** Multiplies two matrices in a process of its own, so that a library that crashes does not take us with it. */
function works(folder) {
  const program = `
    const util = require('util');
    util.isNullOrUndefined = (x) => x == null;
    util.isArray = Array.isArray;
    const tf = require(${JSON.stringify(folder)});
    const [x] = tf.matMul(tf.fill([64, 64], 2), tf.fill([64, 64], 0.5)).dataSync();
    if (x !== 64) throw new Error('64 × 1 gives ' + x);
    const { TF_Version, visualEchoesKernels } = tf.backend().binding;
    const kernels = visualEchoesKernels ? ${JSON.stringify(KERNELS)} : '';
    console.log(tf.version['tfjs-node'] + ' on TensorFlow ' + TF_Version + kernels);`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  const reason = /Error: (.*)/.exec(stderr)?.[1] ?? (signal ? `ended by ${signal}` : `exit code ${status}`);
  works.result = status === 0 ? stdout.trim() : reason;
  return status === 0;
}

function findHeaders(given) {
  const fromNpm =
    process.env.npm_config_nodedir ??
    spawnSync('npm', ['config', 'get', 'nodedir'], { encoding: 'utf8' }).stdout?.trim();
  const candidates = given
    ? [given]
    : [
        join(dirname(realpathSync(process.execPath)), '../include/node'),
        fromNpm && join(fromNpm, 'include/node'),
        join(homedir(), '.cache/node-gyp', process.versions.node, 'include/node'),
        '/usr/include/node',
        '/usr/include/nodejs/src',
        '/usr/local/include/node',
      ];
  const found = candidates.find((folder) => folder && existsSync(join(folder, 'node_api.h')));
  if (!found) {
    throw new Failure(
      `node_api.h is not in ${given ?? 'the usual places'}. Install Node’s headers (apt-get install libnode-dev, or ` +
        'npx node-gyp install) or name their folder: --headers DIR.',
    );
  }
  return found;
}

function need(command, args, message) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Failure(message);
  return stdout;
}

/** The wheel, from the cache or by pip. */
function download() {
  const kept = existsSync(cache) ? readdirSync(cache).find((name) => name.endsWith('.whl')) : undefined;
  if (kept) return join(cache, kept);
  const python = 'python3 (3.9 or newer) is missing. Install it: apt-get install python3 python3-pip';
  const version = /(\d+)\.(\d+)/.exec(need('python3', ['--version'], python));
  if (Number(version?.[1]) < 3 || Number(version?.[2]) < 9) throw new Failure(python);
  need(
    'python3',
    ['-m', 'pip', '--version'],
    'pip is missing. Install it: apt-get install python3-pip (or python3 -m ensurepip).',
  );

  const partial = join(cache, `partial-${process.pid}`);
  mkdirSync(partial, { recursive: true });
  try {
    console.log(`Downloading ${requirement} (about 270 MB, once) …`);
    const only = ['--no-deps', '--only-binary=:all:', '--python-version', wheelPython];
    const { status, stderr } = spawnSync(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        '--disable-pip-version-check',
        ...only,
        '--dest',
        partial,
        requirement,
      ],
      { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const wheel = readdirSync(partial).find((name) => name.endsWith('.whl'));
    if (status !== 0 || !wheel) {
      const reason = /ERROR: (.*)/.exec(stderr)?.[1] ?? stderr.trim().split('\n').pop();
      throw new Failure(
        `pip could not get ${requirement}: ${reason}. Check the network, or give --wheel FILE.`,
      );
    }
    renameSync(join(partial, wheel), join(cache, wheel));
    return join(cache, wheel);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Unpacks, compiles and tries everything in a folder beside its place, and then renames it into place. */
function build(folder, wheel, headers) {
  const prefix = '.visual-echoes-build-';
  for (const left of readdirSync(folder).filter((name) => name.startsWith(prefix))) {
    if (!isRunning(Number(left.slice(prefix.length)))) rmSync(join(folder, left), { recursive: true });
  }
  const stage = join(folder, prefix + process.pid);
  const napi = join('lib', napiFolder(folder));
  mkdirSync(join(stage, napi), { recursive: true });
  try {
    console.log('Unpacking the library …');
    unpack(wheel, join(stage, 'deps'));
    console.log('Compiling …');
    const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(folder, 'binding', name));
    shared(join(stage, napi, 'tfjs_binding_tensorflow.node'), [
      ...[headers, join(stage, 'deps/include'), join(folder, 'binding')].map((path) => `-I${path}`),
      ...sources,
      ...['register.cc', 'parallel.cc'].map((name) => join(here, 'kernels', name)),
      ...compileKernels(stage),
      `-L${join(stage, 'deps/lib')}`,
      '-l:libtensorflow_cc.so.2',
      '-l:libtensorflow_framework.so.2',
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ]);
    shared(join(stage, napi, 'tfjs_binding.node'), [`-I${headers}`, join(here, 'quiet-binding.cc'), '-ldl']);
    const binding = JSON.stringify(join(stage, napi, 'tfjs_binding.node'));
    const tried = spawnSync(process.execPath, ['-e', `require(${binding})`], { encoding: 'utf8' });
    if (tried.status !== 0) {
      throw new Failure(
        `the built library cannot be loaded: ${/Error: (.*)/.exec(tried.stderr)?.[1] ?? tried.signal}`,
      );
    }

    mkdirSync(join(folder, napi), { recursive: true });
    if (existsSync(join(folder, 'deps'))) renameSync(join(folder, 'deps'), join(stage, 'deps-before'));
    renameSync(join(stage, 'deps'), join(folder, 'deps'));
    for (const name of ['tfjs_binding_tensorflow.node', 'tfjs_binding.node']) {
      renameSync(join(stage, napi, name), join(folder, napi, name));
    }
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** The folder that node-pre-gyp looks in: the highest Node-API version that both sides know. */
function napiFolder(folder) {
  const { binary } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `napi-v${Math.max(...binary.napi_versions.filter((version) => version <= Number(process.versions.napi)))}`;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Of the wheel only the two libraries and the headers that the binding includes: target/lib and target/include. */
function unpack(wheel, target) {
  const program = `
import os, shutil, sys, zipfile
wheel, target = sys.argv[1:]
headers = ('tensorflow/c/', 'tensorflow/core/common_runtime/next_pluggable_device/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/')
libraries = ('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2')
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith('tensorflow/include/'):
            inner = name[len('tensorflow/include/'):]
            if not (inner.startswith(headers) and inner.endswith('.h')): continue
            path = os.path.join(target, 'include', inner)
        elif name.startswith('tensorflow/') and name[len('tensorflow/'):] in libraries:
            path = os.path.join(target, 'lib', os.path.basename(name))
        else: continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, 'wb') as out: shutil.copyfileobj(source, out, 1 << 20)
for name in libraries:
    if not os.path.exists(os.path.join(target, 'lib', name)): sys.exit('no ' + name + ' in the wheel')
`;
  const { status, stderr, error } = spawnSync('python3', ['-c', program, wheel, target], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  const reason = error ? 'python3 is missing' : stderr.trim().split('\n').pop();
  throw new Failure(
    `${wheel} cannot be unpacked: ${reason}. Delete it and run this again, with 1 GB free on the disk.`,
  );
}

/** Our kernels' object files, for each instruction set that they choose from when they are loaded. */
function compileKernels(stage) {
  const sets =
    process.arch === 'x64' ? { avx512: 'x86-64-v4', avx2: 'x86-64-v3', base: 'x86-64' } : { base: '' };
  return Object.entries(sets).map(([variant, machine]) => {
    const object = join(stage, `${variant}.o`);
    const flags = ['-O3', '-fno-math-errno', '-ffp-contract=fast', `-DVE_VARIANT=${variant}`, `-I${native}`];
    if (machine) flags.push(`-march=${machine}`);
    compile(['-c', ...flags, join(here, 'kernels/variant.cc'), '-o', object]);
    return object;
  });
}

const shared = (output, args) => compile(['-shared', '-O2', '-DNAPI_VERSION=8', '-o', output, ...args]);

function compile(args) {
  const { status, stderr } = spawnSync('g++', ['-fPIC', '-std=c++17', ...args], { encoding: 'utf8' });
  if (status !== 0) {
    const reason = stderr.split('\n').find((line) => /error/i.test(line)) ?? stderr.trim().split('\n').pop();
    throw new Failure(`g++ failed: ${reason}`);
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof Failure) && error?.code === undefined) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

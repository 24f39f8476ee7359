// Times the digits model on every engine that works here, one process an engine, and prints ratios to the first.
//   pnpm bench [--json FILE] [--repeats N] [--model FOLDER]
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeFileAtomically } from '@visual-echoes/core/node';
import type { Picture } from '@visual-echoes/vq-image';
import { loadModel } from 'visual-echoes/node';

const ENGINES = ['tensorflow', 'wasm'] as const;

interface Timing {
  engine: string;
  workload: string;
  /** Seconds: the median, the fastest and the slowest. */
  median: number;
  least: number;
  most: number;
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    model: { type: 'string', default: '@visual-echoes/model-digits' },
    engine: { type: 'string' },
  },
});

if (values.engine) {
  console.log(JSON.stringify(await timeEngine(values.engine, Number(values.repeats))));
  process.exit(0);
}

const rows: Timing[] = [];
for (const engine of ENGINES) {
  try {
    const self = fileURLToPath(import.meta.url);
    const args = [self, '--engine', engine, '--repeats', values.repeats, '--model', values.model];
    const output = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rows.push(...(JSON.parse(output.trim().split('\n').at(-1)!) as Timing[]));
  } catch {
    console.log(`${engine}: does not work here; visual-echoes doctor says why.`);
  }
}
const machine = `${cpus().length} × ${cpus()[0].model}, Node ${process.versions.node}`;
console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}`);
for (const { engine, workload, median, least, most } of rows) {
  const first = rows.find((row) => row.workload === workload)!;
  const figures = `${median.toFixed(3)} s (${least.toFixed(3)}–${most.toFixed(3)})`;
  console.log(
    `${workload.padEnd(28)} ${engine.padEnd(11)} ${figures.padEnd(26)} × ${(median / first.median).toFixed(2)}`,
  );
}
if (values.json) await writeFileAtomically(values.json, [`${JSON.stringify({ machine, rows }, null, 2)}\n`]);

async function timeEngine(engine: string, repeats: number): Promise<Timing[]> {
  const model = await loadModel(values.model, { backend: engine as (typeof ENGINES)[number] });
  const { width, height, channels } = model.manifest.parts.image.picture;
  const picture = (i: number): Picture => ({
    width,
    height,
    channels,
    data: Uint8Array.from({ length: width * height * channels }, (_, p) =>
      ((p % width) + i) % 9 === 0 ? 255 : 0,
    ),
  });
  const workloads: [string, () => Promise<unknown>][] = [
    ['one picture → sound', () => model.imageToAudio(picture(0), { preprocess: false })],
    [
      '32 pictures → sounds',
      () =>
        model.imageToAudio(
          Array.from({ length: 32 }, (_, i) => picture(i)),
          { preprocess: false },
        ),
    ],
  ];
  const timings: Timing[] = [];
  for (const [workload, run] of workloads) {
    await run();
    const seconds: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const began = performance.now();
      await run();
      seconds.push((performance.now() - began) / 1000);
    }
    seconds.sort((a, b) => a - b);
    timings.push({
      engine,
      workload,
      median: seconds[repeats >> 1],
      least: seconds[0],
      most: seconds[repeats - 1],
    });
  }
  model.dispose();
  return timings;
}

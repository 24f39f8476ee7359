import { ConfigurationError } from '@visual-echoes/core';
import { type Command, Option } from 'commander';

const MODELS = ['taming-vqgan', 'specvqgan', 'melgan', 'hifigan', 'vocos', 'mage'];

interface ConvertCommandOptions {
  as?: string;
  to?: 'torch';
  out: string;
  config?: string;
  at?: string;
  half?: boolean;
  force?: boolean;
  json?: boolean;
}

/** Adds `visual-echoes convert` to the program. */
export function register(program: Command): void {
  program
    .command('convert')
    .description('turn a published checkpoint into a part of a model folder, and back')
    .argument('<checkpoint>', '.ckpt, .pt, .pth, .bin or .safetensors; with --to torch a model folder')
    .addOption(new Option('--as <model>', 'what the checkpoint is').choices(MODELS))
    .addOption(
      new Option('--to <form>', 'the way back: checkpoints of the authors’ names').choices(['torch']),
    )
    .requiredOption(
      '--out <folder>',
      'the model folder, new or with other parts in it; with --to, any folder',
    )
    .option('--config <file>', 'the authors’ YAML or JSON; read off the weights, if left out')
    .option(
      '--at <key>',
      'where in the checkpoint the weights are; found by itself where only one can be meant',
    )
    .option('--half', 'write half precision: half the size, three digits')
    .option('--force', 'replace a part or a file that is there')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  visual-echoes convert last.ckpt --as taming-vqgan --config model.yaml --out mine
  visual-echoes convert last.ckpt --as specvqgan --out mine        the sizes are read off the weights
  visual-echoes convert best_netG.pt --as melgan --out mine
  visual-echoes convert g_02500000 --as hifigan --config config.json --out mine
  visual-echoes convert pytorch_model.bin --as vocos --config config.yaml --out mine
  visual-echoes convert mage-vitb.pth --as mage --out mine         with its tokenizer, where the file holds it
  visual-echoes convert mine --to torch --out checkpoints          image.ckpt, audio.ckpt, transformer.pth, …

Nothing of a checkpoint is run: it is read as data, and what is no tensor is passed over.`,
    )
    .action(convert);
}

async function convert(path: string, options: ConvertCommandOptions): Promise<void> {
  const { as, to, out, force, json, ...more } = options;
  const { convertCheckpoint } = await import('../conversion/convert-checkpoint.js');
  const { convertToTorch } = await import('../conversion/convert-to-torch.js');
  if (!to && !as) throw new ConfigurationError(`Say what ${path} is: --as ${MODELS.join('|')}.`);
  const written = to
    ? await convertToTorch(path, { as, out, force })
    : await convertCheckpoint(path, { as: as!, out, force, ...more });
  if (json) console.log(JSON.stringify({ written }, null, 2));
  else {
    for (const { part, path, weights } of written) {
      console.log(`${part}: ${(weights / 1e6).toFixed(2)} M weights → ${path}`);
    }
  }
}

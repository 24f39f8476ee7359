#!/usr/bin/env node
import { selectBackend } from '@visual-echoes/backends/node';
import { ConfigurationError } from '@visual-echoes/core';
import { writeFileAtomically } from '@visual-echoes/core/node';
import { findModel, folderSource } from 'visual-echoes/node';
import { runTool } from '../run-tool.js';
import { exportPart, PARTS } from './export-part.js';

const HELP = `Writes a part of a model folder as an ONNX model (opset 17, 32-bit floats).

  pnpm onnx MODEL PART --out FILE

MODEL is a model folder or a package. PART is one of
  transformer                   words int64 [batch, 1 + positions] → the logits of each field, under its name
  image-encoder, audio-encoder  picture [batch, channels, height, width] in −1..1 → codes int64 [batch, rows, columns]
  image-decoder, audio-decoder  the way back
  vocoder                       mel [batch, bands, frames], as the network takes it → wave [batch, 1, samples]
The words are the class token first and then the fields one after the other, the codes of each behind those before it;
the class token, and the word that stands for an unknown token, come after all codes, in this order, where the model's
configuration does not number them.

  pnpm onnx @visual-echoes/model-digits transformer --out digits.onnx
`;

const OPTIONS = { out: { type: 'string' } } as const;

const TOOL = { command: 'pnpm onnx', help: HELP, options: OPTIONS, allowPositionals: true };

await runTool(TOOL, async ({ values, positionals }) => {
  const [model, part] = positionals;
  if (positionals.length !== 2 || !values.out) {
    throw new ConfigurationError(`Name a model, one of ${PARTS.join(', ')}, and --out FILE.`);
  }
  await selectBackend({ prefer: 'cpu', selfCheck: false }); // which holds the weights on their way
  const parts = await exportPart(folderSource(findModel(model)), part);
  await writeFileAtomically(values.out, parts);
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  console.log(`${values.out}: ${part} of ${model}, ${(size / 1e6).toFixed(1)} MB`);
});

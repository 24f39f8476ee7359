import type { StateDict } from '@visual-echoes/core';
import type { MelGanConfiguration } from '@visual-echoes/vq-audio';
import { OnnxGraph } from './onnx-graph.js';

/** MelGAN's generator as ONNX, of folded weights: `mel` [batch, bands, frames] → `wave` [batch, 1, samples]. */
export function exportMelGan(
  { input_size: bands, n_residual_layers: layers, ratios = [8, 8, 2, 2] }: MelGanConfiguration,
  weights: StateDict,
): readonly Uint8Array[] {
  const graph = new OnnxGraph('MelGAN', weights);
  const leaky = (x: string) => graph.node('LeakyRelu', [x], { alpha: 0.2 });
  const parameters = (name: string) => [graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)];
  /** With mirrored ends, which ONNX's convolution does not have. */
  const conv = (x: string, name: string, dilation = 1) => {
    const [, , kernel] = graph.shapeOf(`${name}.weight`);
    const pad = (dilation * (kernel - 1)) / 2;
    const wider = pad > 0 ? graph.node('Pad', [x, graph.ints(0, 0, pad, 0, 0, pad)], { mode: 'reflect' }) : x;
    return graph.node('Conv', [wider, ...parameters(name)], { dilations: [dilation] });
  };
  let place = 1; // as in MelGanGenerator: 0 mirrors the ends
  let x = conv(graph.input('mel', 'float', ['batch', bands, 'frames']), `model.${place}`);
  for (const ratio of ratios) {
    place += 2;
    const odd = ratio % 2;
    const pad = (ratio >> 1) + odd;
    x = graph.node('ConvTranspose', [leaky(x), ...parameters(`model.${place}`)], {
      strides: [ratio],
      pads: [pad, pad],
      output_padding: [odd],
    });
    for (let layer = 0; layer < layers; layer++) {
      const name = `model.${++place}`;
      const inner = conv(leaky(x), `${name}.block.2`, 3 ** layer);
      x = graph.node('Add', [conv(x, `${name}.shortcut`), conv(leaky(inner), `${name}.block.4`)]);
    }
  }
  x = conv(leaky(x), `model.${place + 3}`);
  graph.output('wave', graph.node('Tanh', [x]), ['batch', 1, 'samples']);
  return graph.parts;
}

import type { StateDict } from '@visual-echoes/core';
import type { HiFiGanConfiguration } from '@visual-echoes/vq-audio';
import { OnnxGraph } from './onnx-graph.js';

/** HiFi-GAN's generator as ONNX, of folded weights: `mel` [batch, bands, frames] → `wave` [batch, 1, samples]. */
export function exportHiFiGan(
  {
    resblock,
    upsample_rates: rates,
    upsample_kernel_sizes: upKernels,
    resblock_kernel_sizes: kernels,
    resblock_dilation_sizes: dilations,
    num_mels = 80,
  }: HiFiGanConfiguration,
  weights: StateDict,
): readonly Uint8Array[] {
  const graph = new OnnxGraph('HiFi-GAN', weights);
  const leaky = (x: string, alpha = 0.1) => graph.node('LeakyRelu', [x], { alpha });
  const conv = (x: string, name: string, dilation = 1) => {
    const [, , kernel] = graph.shapeOf(`${name}.weight`);
    const pad = (dilation * (kernel - 1)) / 2;
    const inputs = [x, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)];
    return graph.node('Conv', inputs, { dilations: [dilation], pads: [pad, pad] });
  };
  let x = conv(graph.input('mel', 'float', ['batch', num_mels, 'frames']), 'conv_pre');
  rates.forEach((stride, i) => {
    const pad = (upKernels[i] - stride) / 2;
    const inputs = [leaky(x), graph.weight(`ups.${i}.weight`), graph.weight(`ups.${i}.bias`)];
    const wider = graph.node('ConvTranspose', inputs, { strides: [stride], pads: [pad, pad] });
    const blocks = kernels.map((_, k) => {
      const name = `resblocks.${i * kernels.length + k}`;
      return dilations[k].reduce((sum, dilation, j) => {
        const first = conv(
          leaky(sum),
          resblock === '1' ? `${name}.convs1.${j}` : `${name}.convs.${j}`,
          dilation,
        );
        return graph.node('Add', [sum, resblock === '1' ? conv(leaky(first), `${name}.convs2.${j}`) : first]);
      }, wider);
    });
    const sum = blocks.reduce((total, block) => graph.node('Add', [total, block]));
    x = graph.node('Div', [sum, graph.scalar(kernels.length)]);
  });
  graph.output('wave', graph.node('Tanh', [conv(leaky(x, 0.01), 'conv_post')]), ['batch', 1, 'samples']);
  return graph.parts;
}

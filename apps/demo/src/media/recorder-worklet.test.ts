import { expect, it, vi } from 'vitest';
import workletUrl from './recorder-worklet.ts?worker&url';

/** Not a microphone's, which loses some where the machine is busy. */
const samples = Float32Array.from({ length: 3 * 2048 + 512 }, (_, i) => Math.sin(i) / 2);

it('sends the samples as they come, none lost or doubled, and the rest at the end', async () => {
  const context = new OfflineAudioContext(1, samples.length + 1280, 48_000);
  await context.audioWorklet.addModule(workletUrl);
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: 48_000 });
  buffer.copyToChannel(samples, 0);
  const node = new AudioWorkletNode(context, 'recorder');
  const heard: (Float32Array | 'end')[] = [];
  node.port.onmessage = ({ data }) => heard.push(data);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  context.suspend(samples.length / 48_000).then(async () => {
    node.port.postMessage('end');
    await vi.waitFor(() => expect(heard.at(-1)).toBe('end'));
    await context.resume();
  });
  await context.startRendering();
  expect(heard.map(({ length }) => length)).toEqual([2048, 2048, 2048, 512, 3]); // the last is the word
  expect(Float32Array.from(heard.slice(0, -1).flatMap((block) => [...(block as Float32Array)]))).toEqual(
    samples,
  );
});

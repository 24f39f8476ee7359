/** What the audio thread has that the DOM's types do not know. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Samples a message: 43 ms at 48 kHz, often enough for a meter. */
const BLOCK = 2048;

/**
 * On the audio thread: sends what it hears in blocks, `Float32Array` [≤ 2048], and on any message from the page the rest,
 * then `'end'`.
 */
class RecorderProcessor extends AudioWorkletProcessor {
  private block = new Float32Array(BLOCK);
  private filled = 0;
  private ended = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.send();
      this.port.postMessage('end');
      this.ended = true;
    };
  }

  process([input]: Float32Array[][]): boolean {
    const samples = input?.[0]; // none while nothing is connected
    for (let at = 0; samples && at < samples.length; ) {
      const piece = samples.subarray(at, at + BLOCK - this.filled);
      this.block.set(piece, this.filled);
      this.filled += piece.length;
      at += piece.length;
      if (this.filled === BLOCK) this.send();
    }
    return !this.ended;
  }

  private send(): void {
    if (this.filled === 0) return;
    const samples = this.block.slice(0, this.filled);
    this.port.postMessage(samples, [samples.buffer]);
    this.filled = 0;
  }
}

registerProcessor('recorder', RecorderProcessor);

import type { Waveform } from '@visual-echoes/vq-audio';

/**
 * Plays sounds one at a time, without an address for them, so that no policy for media concerns it. Make it while a click
 * is handled: browsers let nothing sound that nobody asked for.
 */
export class SoundPlayer {
  private readonly context = new AudioContext();
  private playing: AudioBufferSourceNode | undefined;

  constructor() {
    void this.context.resume();
  }

  /** Plays a sound to its end, or until it is stopped. */
  async play({ sampleRate, channels }: Waveform): Promise<void> {
    this.stop();
    const buffer = this.context.createBuffer(channels.length, channels[0].length, sampleRate);
    channels.forEach((samples, i) => {
      buffer.copyToChannel(Float32Array.from(samples), i);
    });
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.context.destination);
    this.playing = source;
    await this.context.resume();
    await new Promise((resolve) => {
      source.onended = resolve;
      source.start();
    });
  }

  stop(): void {
    this.playing?.stop();
    this.playing = undefined;
  }

  /** Gives the device back; nothing can be played afterwards. */
  close(): void {
    this.stop();
    void this.context.close();
  }
}

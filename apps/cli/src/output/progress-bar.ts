import { SingleBar } from 'cli-progress';

/** A bar on stderr where that is a terminal; elsewhere nothing. */
export class ProgressBar {
  private readonly bar?: SingleBar;

  constructor(title: string, { hidden = false }: { hidden?: boolean } = {}) {
    if (hidden || !process.stderr.isTTY) return;
    this.bar = new SingleBar({
      format: `${title} {bar} {percentage} % | {eta_formatted}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      hideCursor: true,
    });
    this.bar.start(1000, 0);
  }

  /** @param share what is done, 0 to 1. */
  update(share: number): void {
    this.bar?.update(Math.round(1000 * share));
  }

  stop(): void {
    this.bar?.stop();
  }
}

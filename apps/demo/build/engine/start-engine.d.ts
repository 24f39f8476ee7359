import { type VisualEchoes } from 'visual-echoes';
import type { EngineInfo, Request } from '../studio/protocol.js';
/** A model on an engine, ready for use. */
export interface StartedEngine {
  info: EngineInfo;
  echoes: VisualEchoes;
}
/**
 * Chooses an engine, loads the model, and uses it once, so that the visitor's first use is as fast as the second.
 * @throws BackendError, FileAccessError, ConfigurationError, CheckpointError.
 */
export declare function startEngine(
  {
    model,
    engine,
    avoid,
  }: Extract<
    Request,
    {
      type: 'start';
    }
  >,
  {
    onProgress,
    onLost,
  }: {
    onProgress(share: number, what: string): void;
    onLost(error: unknown): void;
  },
): Promise<StartedEngine>;

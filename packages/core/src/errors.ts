/** What went wrong, for programs; `message` says it for people. */
export type ErrorCode =
  | 'invalid-input'
  | 'invalid-configuration'
  | 'shape-mismatch'
  | 'checkpoint'
  | 'file-access'
  | 'backend'
  | 'cancelled';

/**
 * The base of every error that these packages throw on purpose. Its message names the offending value
 * and what to do about it.
 */
export class VisualEchoesError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Media, tokens or tensors from outside that cannot be used: truncated, wrong rate, NaN, empty. */
export class InvalidInputError extends VisualEchoesError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-input', message, options);
  }
}

/** Options or a configuration file that contradict themselves or are out of range. */
export class ConfigurationError extends VisualEchoesError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-configuration', message, options);
  }
}

/** A tensor whose shape is not the one that the model needs. */
export class ShapeError extends VisualEchoesError {
  constructor(message: string, options?: ErrorOptions) {
    super('shape-mismatch', message, options);
  }
}

/** A checkpoint that is malformed, or whose names and shapes are not the model's. */
export class CheckpointError extends VisualEchoesError {
  constructor(message: string, options?: ErrorOptions) {
    super('checkpoint', message, options);
  }
}

/** A file or folder that cannot be read or written. */
export class FileAccessError extends VisualEchoesError {
  constructor(message: string, options?: ErrorOptions) {
    super('file-access', message, options);
  }
}

/** A TensorFlow.js engine that is absent, broken or lost. */
export class BackendError extends VisualEchoesError {
  constructor(message: string, options?: ErrorOptions) {
    super('backend', message, options);
  }
}

/** A GPU that went away in the middle of a run; what was in its memory is gone. */
export class DeviceLostError extends BackendError {}

/** The caller's `AbortSignal` fired; what was finished before it is kept. */
export class CancelledError extends VisualEchoesError {
  constructor(message = 'Cancelled.', options?: ErrorOptions) {
    super('cancelled', message, options);
  }
}

/** Throws a `CancelledError` where `signal` has fired. */
export function throwIfCancelled(signal?: AbortSignal): void {
  if (signal?.aborted) throw new CancelledError('Cancelled by the caller.', { cause: signal.reason });
}

export { type ConditionLink, type ConditionLinkOptions, measureConditionLinks } from './condition-links.js';
export {
  type FieldLayout,
  fromMageConfiguration,
  inferMageConfiguration,
  type MageConfiguration,
  type MaskedTransformerConfiguration,
  type ResolvedConfiguration,
} from './configuration.js';
export { fieldLosses } from './field-losses.js';
export {
  type FieldMasking,
  type MaskedBatch,
  type MaskingOptions,
  type MaskRatio,
  maskBatch,
} from './mask-batch.js';
export { type LossOptions, type MaskedLoss, MaskedTransformer } from './masked-transformer.js';
export { similarCodes } from './similar-codes.js';
export { type TransformerSize, transformerSizes } from './sizes.js';
export { splitBatch } from './split-batch.js';

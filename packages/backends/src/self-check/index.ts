export { type BackendSpeed, measureSpeed } from './measure-speed.js';
export { type SelfCheckFailure, type SelfCheckResult, selfCheck } from './self-check.js';

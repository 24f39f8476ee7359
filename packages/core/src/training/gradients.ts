/** In browsers and bundlers: gives TensorFlow.js its gradients. */
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';

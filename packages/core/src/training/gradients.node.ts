/** In Node, where the file that registers gradients cannot be imported: the union package registers them. */
import '@tensorflow/tfjs';

import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from './dist/node/index.js';

const t = performance.now();
const r = await selectBackend({ prefer: process.argv[2], onMessage: console.log });
console.log(r, performance.now() - t);
const y = tf.matMul(tf.ones([40, 40]), tf.ones([40, 40]));
console.log((await y.data())[5]);

// GELU and AdamW: what is done to each value alone.
#pragma once
#include "simd.h"

namespace VE_VARIANT {

inline Floats GeluOf(Floats x) { return x * (0.5f + 0.5f * Erf(x * 0.70710678118f)); }

/** Rows of x [M, D], with a bias [D] where there is one and exact GELU after it where wanted, into y. */
inline void BiasGeluRows(const float* x, const float* bias, float* y, Index D, bool gelu, Index from, Index to) {
  for (Index m = from; m < to; m++) {
    Along(0, D, [=](Index i, auto load, auto store) {
      Floats sum = load(x + m * D + i);
      if (bias) sum += load(bias + i);
      store(y + m * D + i, gelu ? GeluOf(sum) : sum);
    });
  }
}

inline void GeluGradValues(const float* x, const float* dy, float* dx, Index from, Index to) {
  Along(from, to, [=](Index i, auto load, auto store) {
    const Floats t = load(x + i);
    const Floats cumulative = 0.5f + 0.5f * Erf(t * 0.70710678118f);
    const Floats density = 0.39894228040f * Exp(t * t * -0.5f);
    store(dx + i, load(dy + i) * (cumulative + t * density));
  });
}

/** Of AdamW: β1, β2, the step size, ε, and what decay leaves of the weight. */
struct AdamWSettings {
  float beta1, beta2, stepSize, epsilon, keep;
};

inline void AdamWValues(const float* weight, const float* first, const float* second, const float* gradient,
                        const AdamWSettings& with, float* newWeight, float* newFirst, float* newSecond, Index from,
                        Index to) {
  const float beta1 = with.beta1, beta2 = with.beta2, stepSize = with.stepSize;
  const float epsilon = with.epsilon, keep = with.keep;
  Along(from, to, [=](Index i, auto load, auto store) {
    const Floats g = load(gradient + i);
    const Floats m = beta1 * load(first + i) + (1 - beta1) * g;
    const Floats v = beta2 * load(second + i) + (1 - beta2) * (g * g);
    store(newWeight + i, keep * load(weight + i) - stepSize * m / (Root(v) + epsilon));
    store(newFirst + i, m);
    store(newSecond + i, v);
  });
}

}  // namespace VE_VARIANT

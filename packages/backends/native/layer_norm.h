// Layer normalization of rows.
#pragma once
#include "simd.h"

namespace VE_VARIANT {

struct Moments {
  float mean, inverse;
};

/** A row's mean, and one over its standard deviation. */
inline Moments MomentsOf(const float* row, Index D, float epsilon) {
  const float mean = SumAlong(D, [=](Index i, auto load) { return load(row + i); }) / D;
  const float variance = SumAlong(D, [=](Index i, auto load) {
    const Floats centred = load(row + i) - mean;
    return centred * centred;
  }) / D;
  return {mean, 1 / __builtin_sqrtf(variance + epsilon)};
}

inline void LayerNormRows(const float* x, const float* weight, const float* bias, float* y, Index D, float epsilon,
                          Index from, Index to) {
  for (Index m = from; m < to; m++) {
    const float* row = x + m * D;
    const Moments moments = MomentsOf(row, D, epsilon);
    const float mean = moments.mean, inverse = moments.inverse;
    Along(0, D, [=](Index i, auto load, auto store) {
      store(y + m * D + i, (load(row + i) - mean) * inverse * load(weight + i) + load(bias + i));
    });
  }
}

/** dx of rows; what they add to the gradients of weight and bias is added to `dWeight` and `dBias`. */
inline void LayerNormGradRows(const float* x, const float* weight, const float* dy, float* dx, float* dWeight,
                              float* dBias, Index D, float epsilon, Index from, Index to) {
  for (Index m = from; m < to; m++) {
    const float* row = x + m * D;
    const float* d = dy + m * D;
    const Moments moments = MomentsOf(row, D, epsilon);
    const float mean = moments.mean, inverse = moments.inverse;
    const float through = SumAlong(D, [=](Index i, auto load) { return load(d + i) * load(weight + i); }) / D;
    const float along = SumAlong(D, [=](Index i, auto load) {
      return load(d + i) * load(weight + i) * (load(row + i) - mean) * inverse;
    }) / D;
    Along(0, D, [=](Index i, auto load, auto store) {
      const Floats normal = (load(row + i) - mean) * inverse;
      const Floats slope = load(d + i);
      store(dx + m * D + i, (slope * load(weight + i) - through - normal * along) * inverse);
      store(dWeight + i, load(dWeight + i) + slope * normal);
      store(dBias + i, load(dBias + i) + slope);
    });
  }
}

}  // namespace VE_VARIANT

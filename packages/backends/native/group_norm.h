// The passes of group normalization over the pixels from..to of one sample [P, C]. Means and the like are given for each
// channel, equal within a group; whoever calls adds up sums of channels to those of groups.
#pragma once
#include "simd.h"

namespace VE_VARIANT {

/** What is known of one sample: [C] each. */
struct Normalization {
  const float *mean, *inverse, *weight, *bias;
};

/** Adds every pixel to `sums` [C]; with means, the squares of the differences to them. */
inline void ChannelSums(const float* x, const float* mean, float* sums, Index C, Index from, Index to) {
  for (Index p = from; p < to; p++) {
    const float* pixel = x + p * C;
    Along(0, C, [=](Index i, auto load, auto store) {
      Floats value = load(pixel + i);
      if (mean) {
        value -= load(mean + i);
        value *= value;
      }
      store(sums + i, load(sums + i) + value);
    });
  }
}

inline void GroupNormPixels(const float* x, const Normalization& with, float* y, Index C, bool swish, Index from,
                            Index to) {
  const float *mean = with.mean, *inverse = with.inverse, *weight = with.weight, *bias = with.bias;
  for (Index p = from; p < to; p++) {
    Along(0, C, [=](Index i, auto load, auto store) {
      const Floats normal = (load(x + p * C + i) - load(mean + i)) * load(inverse + i);
      const Floats out = normal * load(weight + i) + load(bias + i);
      store(y + p * C + i, swish ? out * Sigmoid(out) : out);
    });
  }
}

/** dy · (σ + t·σ·(1 − σ)), the gradient of swish at t. */
inline Floats SwishGrad(Floats t, Floats dy) {
  const Floats gate = Sigmoid(t);
  return dy * gate * (1.0f + t * (1.0f - gate));
}

/** Adds to [C] each: the gradients by the bias, and by the weight. */
inline void GroupNormGradSums(const float* x, const float* dy, const Normalization& with, float* ofBias,
                              float* ofWeight, Index C, bool swish, Index from, Index to) {
  const float *mean = with.mean, *inverse = with.inverse, *weight = with.weight, *bias = with.bias;
  for (Index p = from; p < to; p++) {
    Along(0, C, [=](Index i, auto load, auto store) {
      const Floats normal = (load(x + p * C + i) - load(mean + i)) * load(inverse + i);
      Floats slope = load(dy + p * C + i);
      if (swish) slope = SwishGrad(normal * load(weight + i) + load(bias + i), slope);
      store(ofBias + i, load(ofBias + i) + slope);
      store(ofWeight + i, load(ofWeight + i) + slope * normal);
    });
  }
}

/** `through` and `along` [C] are the groups' means of the weighted slope, and of it times the normalized value. */
inline void GroupNormGradPixels(const float* x, const float* dy, const Normalization& with, const float* through,
                                const float* along, float* dx, Index C, bool swish, Index from, Index to) {
  const float *mean = with.mean, *inverse = with.inverse, *weight = with.weight, *bias = with.bias;
  for (Index p = from; p < to; p++) {
    Along(0, C, [=](Index i, auto load, auto store) {
      const Floats normal = (load(x + p * C + i) - load(mean + i)) * load(inverse + i);
      Floats slope = load(dy + p * C + i);
      if (swish) slope = SwishGrad(normal * load(weight + i) + load(bias + i), slope);
      const Floats across = slope * load(weight + i) - load(through + i) - normal * load(along + i);
      store(dx + p * C + i, across * load(inverse + i));
    });
  }
}

}  // namespace VE_VARIANT

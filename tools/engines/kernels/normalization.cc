// Layer and group normalization.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels.h"
#include "parallel.h"
#include "simd.h"

namespace VE_VARIANT {

namespace {

/** Parts of a sum that are added up in their order, so that it does not depend on the threads. */
constexpr int64_t kParts = 32;

struct Range {
  int64_t from, to;
};
inline Range Part(int64_t part, int64_t parts, int64_t count) { return {part * count / parts, (part + 1) * count / parts}; }

/** Calls `at(i, load, store)` along a row. */
template <typename At>
inline void AlongRow(int64_t length, const At& at) {
  int64_t i = 0;
  for (; i + kWidth <= length; i += kWidth) at(i, [](const float* p) { return Load(p); }, [](float* p, Floats x) { Store(p, x); });
  const int64_t rest = length - i;
  if (rest > 0) at(i, [=](const float* p) { return LoadPart(p, rest); }, [=](float* p, Floats x) { StorePart(p, x, rest); });
}

template <typename Of>
inline float SumAlong(int64_t length, const Of& of) {
  Floats total = {};
  int64_t i = 0;
  for (; i + kWidth <= length; i += kWidth) total += of(Load, i);
  float rest = 0;
  for (; i < length; i++) rest += of([](const float* p) { return All(*p); }, i)[0];
  return Sum(total) + rest;
}

struct Moments {
  float mean, inverse;
};

inline Moments MomentsOf(const float* row, int64_t D, float epsilon) {
  const float mean = SumAlong(D, [=](auto load, int64_t i) { return load(row + i); }) / D;
  const float variance = SumAlong(D, [=](auto load, int64_t i) {
    const Floats centred = load(row + i) - mean;
    return centred * centred;
  }) / D;
  return {mean, 1 / std::sqrt(variance + epsilon)};
}

/** Adds up `parts` rows of D into `out`. */
void AddUp(const std::vector<float>& rows, int64_t parts, int64_t D, float* out) {
  for (int64_t i = 0; i < D; i++) {
    double total = 0;
    for (int64_t part = 0; part < parts; part++) total += rows[part * D + i];
    out[i] = total;
  }
}

}  // namespace

void LayerNorm(const float* x, const float* weight, const float* bias, float* y, int64_t M, int64_t D, float epsilon) {
  const int64_t parts = std::min(M, kParts);
  Parallel(parts, [=](int64_t part) {
    const auto [from, to] = Part(part, parts, M);
    for (int64_t m = from; m < to; m++) {
      const float* row = x + m * D;
      const auto [mean, inverse] = MomentsOf(row, D, epsilon);
      AlongRow(D, [=](int64_t i, auto load, auto store) {
        store(y + m * D + i, (load(row + i) - mean) * inverse * load(weight + i) + load(bias + i));
      });
    }
  });
}

void LayerNormGrad(const float* x, const float* weight, const float* dy, float* dx, float* dWeight, float* dBias,
                   int64_t M, int64_t D, float epsilon) {
  const int64_t parts = std::min(M, kParts);
  std::vector<float> weights(parts * D), biases(parts * D);
  Parallel(parts, [&, x, weight, dy, dx](int64_t part) {
    const auto [from, to] = Part(part, parts, M);
    float* ofWeight = weights.data() + part * D;
    float* ofBias = biases.data() + part * D;
    for (int64_t m = from; m < to; m++) {
      const float* row = x + m * D;
      const float* d = dy + m * D;
      const auto [mean, inverse] = MomentsOf(row, D, epsilon);
      const float through = SumAlong(D, [=](auto load, int64_t i) { return load(d + i) * load(weight + i); }) / D;
      const float along = SumAlong(D, [=](auto load, int64_t i) {
        return load(d + i) * load(weight + i) * (load(row + i) - mean) * inverse;
      }) / D;
      AlongRow(D, [=](int64_t i, auto load, auto store) {
        const Floats normal = (load(row + i) - mean) * inverse;
        const Floats slope = load(d + i);
        store(dx + m * D + i, (slope * load(weight + i) - through - normal * along) * inverse);
        store(ofWeight + i, load(ofWeight + i) + slope * normal);
        store(ofBias + i, load(ofBias + i) + slope);
      });
    }
  });
  AddUp(weights, parts, D, dWeight);
  AddUp(biases, parts, D, dBias);
}

namespace {

/** Sums over the pixels of each channel, [B, C], in double precision over the parts. */
template <typename Of>
std::vector<double> ChannelSums(int64_t B, int64_t P, int64_t C, const Of& of) {
  const int64_t parts = std::min(P, kParts);
  std::vector<float> partial(B * parts * C);
  Parallel(B * parts, [&](int64_t unit) {
    const int64_t b = unit / parts;
    const auto [from, to] = Part(unit % parts, parts, P);
    float* sums = partial.data() + unit * C;
    for (int64_t p = from; p < to; p++) {
      AlongRow(C, [&](int64_t i, auto load, auto store) {
        store(sums + i, load(sums + i) + of(load, b, (b * P + p) * C + i, i));
      });
    }
  });
  std::vector<double> total(B * C);
  for (int64_t b = 0; b < B; b++)
    for (int64_t part = 0; part < parts; part++)
      for (int64_t i = 0; i < C; i++) total[b * C + i] += partial[(b * parts + part) * C + i];
  return total;
}

/** The mean over each group of what ChannelSums gave, for every channel of it: [B, C]. */
std::vector<float> GroupMeans(const std::vector<double>& sums, int64_t B, int64_t P, int64_t C, int64_t groups) {
  const int64_t width = C / groups;
  std::vector<float> means(B * C);
  for (int64_t g = 0; g < B * groups; g++) {
    double total = 0;
    for (int64_t i = 0; i < width; i++) total += sums[g * width + i];
    for (int64_t i = 0; i < width; i++) means[g * width + i] = total / (width * P);
  }
  return means;
}

struct GroupMoments {
  std::vector<float> mean, inverse;  // [B, C]
};

GroupMoments GroupMomentsOf(const float* x, int64_t B, int64_t P, int64_t C, int64_t groups, float epsilon) {
  GroupMoments moments;
  moments.mean = GroupMeans(
      ChannelSums(B, P, C, [=](auto load, int64_t, int64_t at, int64_t) { return load(x + at); }), B, P, C, groups);
  const float* mean = moments.mean.data();
  moments.inverse = GroupMeans(ChannelSums(B, P, C,
                                           [=](auto load, int64_t b, int64_t at, int64_t i) {
                                             const Floats centred = load(x + at) - load(mean + b * C + i);
                                             return centred * centred;
                                           }),
                               B, P, C, groups);
  for (float& value : moments.inverse) value = 1 / std::sqrt(value + epsilon);
  return moments;
}

/** Calls `at(load, store, b, offset, channel)` for all values, over all threads. */
template <typename At>
void EachPixel(int64_t B, int64_t P, int64_t C, const At& at) {
  const int64_t parts = std::min(P, kParts);
  Parallel(B * parts, [&](int64_t unit) {
    const int64_t b = unit / parts;
    const auto [from, to] = Part(unit % parts, parts, P);
    for (int64_t p = from; p < to; p++)
      AlongRow(C, [&](int64_t i, auto load, auto store) { at(load, store, b, (b * P + p) * C + i, i); });
  });
}

/** dy · (σ + t·σ·(1 − σ)), the gradient of swish at t. */
inline Floats SwishGrad(Floats t, Floats dy) {
  const Floats gate = Sigmoid(t);
  return dy * gate * (1.0f + t * (1.0f - gate));
}

}  // namespace

void GroupNorm(const float* x, const float* weight, const float* bias, float* y, int64_t B, int64_t P, int64_t C,
               int64_t groups, float epsilon, bool swish) {
  const GroupMoments moments = GroupMomentsOf(x, B, P, C, groups, epsilon);
  const float *mean = moments.mean.data(), *inverse = moments.inverse.data();
  EachPixel(B, P, C, [=](auto load, auto store, int64_t b, int64_t at, int64_t i) {
    const Floats normal = (load(x + at) - load(mean + b * C + i)) * load(inverse + b * C + i);
    const Floats out = normal * load(weight + i) + load(bias + i);
    store(y + at, swish ? out * Sigmoid(out) : out);
  });
}

void GroupNormGrad(const float* x, const float* weight, const float* bias, const float* dy, float* dx, float* dWeight,
                   float* dBias, int64_t B, int64_t P, int64_t C, int64_t groups, float epsilon, bool swish) {
  const GroupMoments moments = GroupMomentsOf(x, B, P, C, groups, epsilon);
  const float *mean = moments.mean.data(), *inverse = moments.inverse.data();
  const auto normalAt = [=](auto load, int64_t b, int64_t at, int64_t i) {
    return (load(x + at) - load(mean + b * C + i)) * load(inverse + b * C + i);
  };
  const auto slopeAt = [=](auto load, int64_t b, int64_t at, int64_t i) {
    const Floats slope = load(dy + at);
    return swish ? SwishGrad(normalAt(load, b, at, i) * load(weight + i) + load(bias + i), slope) : slope;
  };
  const auto slopes = ChannelSums(B, P, C, slopeAt);
  const auto products = ChannelSums(B, P, C, [=](auto load, int64_t b, int64_t at, int64_t i) {
    return slopeAt(load, b, at, i) * normalAt(load, b, at, i);
  });
  auto weighted = [&](std::vector<double> sums) {
    for (int64_t at = 0; at < B * C; at++) sums[at] *= weight[at % C];
    return GroupMeans(sums, B, P, C, groups);
  };
  const std::vector<float> throughs = weighted(slopes), alongs = weighted(products);
  const float *through = throughs.data(), *along = alongs.data();
  EachPixel(B, P, C, [=](auto load, auto store, int64_t b, int64_t at, int64_t i) {
    const Floats across = slopeAt(load, b, at, i) * load(weight + i) - load(through + b * C + i);
    store(dx + at, (across - normalAt(load, b, at, i) * load(along + b * C + i)) * load(inverse + b * C + i));
  });
  for (int64_t i = 0; i < C; i++) {
    double ofWeight = 0, ofBias = 0;
    for (int64_t b = 0; b < B; b++) {
      ofWeight += products[b * C + i];
      ofBias += slopes[b * C + i];
    }
    dWeight[i] = ofWeight;
    dBias[i] = ofBias;
  }
}

}  // namespace VE_VARIANT

// The kernels of packages/backends/native over all threads, for one instruction set (VE_VARIANT).
#include <algorithm>
#include <cmath>
#include <vector>

#include "attention.h"
#include "elementwise.h"
#include "gemm.h"
#include "group_norm.h"
#include "kernels.h"
#include "layer_norm.h"
#include "parallel.h"

namespace VE_VARIANT {

namespace {

/** Parts of a sum that are added up in their order, so that it does not depend on the threads. */
constexpr int64_t kParts = 32;
/** Values that one thread takes at a time. */
constexpr int64_t kChunk = 1 << 15;

/** Calls `at(part, from, to)` for so many even parts of 0..count. */
template <typename At>
void EachPart(int64_t parts, int64_t count, const At& at) {
  Parallel(parts, [&](int64_t part) { at(part, part * count / parts, (part + 1) * count / parts); });
}

/** Calls `at(from, to)` for chunks of `size` of 0..count. */
template <typename At>
void EachChunk(int64_t size, int64_t count, const At& at) {
  Parallel((count + size - 1) / size, [&](int64_t i) { at(i * size, std::min(count, (i + 1) * size)); });
}

/** Adds up `parts` rows of D. */
std::vector<double> AddUp(const std::vector<float>& rows, int64_t parts, int64_t D) {
  std::vector<double> total(D);
  for (int64_t part = 0; part < parts; part++)
    for (int64_t i = 0; i < D; i++) total[i] += rows[part * D + i];
  return total;
}

/** Memory of a thread for one purpose, kept between operations, since fresh pages cost as much as the work in them. */
enum Purpose { kWork, kPacked };
float* Scratch(Purpose purpose, int64_t floats) {
  thread_local std::vector<float> held[2];
  std::vector<float>& own = held[purpose];
  if (static_cast<int64_t>(own.size()) < floats) own.resize(floats);
  return own.data();
}

}  // namespace

void LayerNorm(const float* x, const float* weight, const float* bias, float* y, int64_t M, int64_t D, float epsilon) {
  EachPart(std::min(M, kParts), M,
           [=](int64_t, int64_t from, int64_t to) { LayerNormRows(x, weight, bias, y, D, epsilon, from, to); });
}

void LayerNormGrad(const float* x, const float* weight, const float* dy, float* dx, float* dWeight, float* dBias,
                   int64_t M, int64_t D, float epsilon) {
  const int64_t parts = std::min(M, kParts);
  std::vector<float> weights(parts * D), biases(parts * D);
  EachPart(parts, M, [&](int64_t part, int64_t from, int64_t to) {
    LayerNormGradRows(x, weight, dy, dx, weights.data() + part * D, biases.data() + part * D, D, epsilon, from, to);
  });
  const auto ofWeight = AddUp(weights, parts, D), ofBias = AddUp(biases, parts, D);
  std::copy(ofWeight.begin(), ofWeight.end(), dWeight);
  std::copy(ofBias.begin(), ofBias.end(), dBias);
}

namespace {

/** The passes of group normalization over one sample [P, C]. */
class Sample {
 public:
  Sample(const float* x, const float* weight, const float* bias, int64_t P, int64_t C, int64_t groups, float epsilon)
      : x_(x), P_(P), C_(C), groups_(groups) {
    mean_ = Means(Sums(nullptr));
    inverse_ = Means(Sums(mean_.data()));
    for (float& value : inverse_) value = 1 / std::sqrt(value + epsilon);
    with_ = {mean_.data(), inverse_.data(), weight, bias};
  }

  void Forward(float* y, bool swish) const {
    EachPart(Parts(), P_, [&](int64_t, int64_t from, int64_t to) { GroupNormPixels(x_, with_, y, C_, swish, from, to); });
  }

  /** Adds to the gradients of weight and bias, in double precision. */
  void Backward(const float* dy, float* dx, std::vector<double>& dWeight, std::vector<double>& dBias, bool swish) const {
    std::vector<float> slopes(Parts() * C_), products(Parts() * C_);
    EachPart(Parts(), P_, [&](int64_t part, int64_t from, int64_t to) {
      GroupNormGradSums(x_, dy, with_, slopes.data() + part * C_, products.data() + part * C_, C_, swish, from, to);
    });
    auto ofBias = AddUp(slopes, Parts(), C_), ofWeight = AddUp(products, Parts(), C_);
    for (int64_t i = 0; i < C_; i++) {
      dBias[i] += ofBias[i];
      dWeight[i] += ofWeight[i];
      ofBias[i] *= with_.weight[i];
      ofWeight[i] *= with_.weight[i];
    }
    const std::vector<float> through = Means(ofBias), along = Means(ofWeight);
    EachPart(Parts(), P_, [&](int64_t, int64_t from, int64_t to) {
      GroupNormGradPixels(x_, dy, with_, through.data(), along.data(), dx, C_, swish, from, to);
    });
  }

 private:
  int64_t Parts() const { return std::min(P_, kParts); }

  std::vector<double> Sums(const float* mean) const {
    std::vector<float> sums(Parts() * C_);
    EachPart(Parts(), P_, [&](int64_t part, int64_t from, int64_t to) {
      ChannelSums(x_, mean, sums.data() + part * C_, C_, from, to);
    });
    return AddUp(sums, Parts(), C_);
  }

  /** Sums of channels → the mean over each group, for every channel of it. */
  std::vector<float> Means(const std::vector<double>& sums) const {
    const int64_t width = C_ / groups_;
    std::vector<float> means(C_);
    for (int64_t first = 0; first < C_; first += width) {
      double total = 0;
      for (int64_t i = first; i < first + width; i++) total += sums[i];
      std::fill_n(means.begin() + first, width, total / (width * P_));
    }
    return means;
  }

  const float* x_;
  int64_t P_, C_, groups_;
  std::vector<float> mean_, inverse_;
  Normalization with_;
};

}  // namespace

void GroupNorm(const float* x, const float* weight, const float* bias, float* y, int64_t B, int64_t P, int64_t C,
               int64_t groups, float epsilon, bool swish) {
  for (int64_t b = 0; b < B; b++)
    Sample(x + b * P * C, weight, bias, P, C, groups, epsilon).Forward(y + b * P * C, swish);
}

void GroupNormGrad(const float* x, const float* weight, const float* bias, const float* dy, float* dx, float* dWeight,
                   float* dBias, int64_t B, int64_t P, int64_t C, int64_t groups, float epsilon, bool swish) {
  std::vector<double> ofWeight(C), ofBias(C);
  for (int64_t b = 0; b < B; b++) {
    const int64_t at = b * P * C;
    Sample(x + at, weight, bias, P, C, groups, epsilon).Backward(dy + at, dx + at, ofWeight, ofBias, swish);
  }
  std::copy(ofWeight.begin(), ofWeight.end(), dWeight);
  std::copy(ofBias.begin(), ofBias.end(), dBias);
}

void BiasGelu(const float* x, const float* bias, float* y, int64_t M, int64_t D, bool gelu) {
  const int64_t rows = std::max<int64_t>(1, kChunk / std::max<int64_t>(1, D));
  EachChunk(rows, M, [=](int64_t from, int64_t to) { BiasGeluRows(x, bias, y, D, gelu, from, to); });
}

void Linear(const float* x, const float* weight, const float* bias, float* y, int64_t M, int64_t K, int64_t N,
            bool gelu) {
  const int64_t ahead = Threads();  // which take strips in turn
  EachChunk(1, (N + kPanelColumns - 1) / kPanelColumns, [=](int64_t from, int64_t to) {
    LinearStrips(x, weight, bias, y, Scratch(kWork, LinearScratch(M, K)), M, K, N, gelu, from, to, ahead);
  });
}

void Gelu(const float* x, float* y, int64_t size) {
  EachChunk(kChunk, size,
            [=](int64_t from, int64_t to) { BiasGeluRows(x + from, nullptr, y + from, to - from, true, 0, 1); });
}

void GeluGrad(const float* x, const float* dy, float* dx, int64_t size) {
  EachChunk(kChunk, size, [=](int64_t from, int64_t to) { GeluGradValues(x, dy, dx, from, to); });
}

void SelfAttention(const float* qkv, float* y, int64_t B, int64_t N, int64_t heads, int64_t d) {
  const AttentionShape shape = {N, heads, d};
  const int64_t units = B * heads;
  float* packed = Scratch(kPacked, units * shape.packed());
  EachChunk(1, units, [&](int64_t from, int64_t to) { PackUnits(qkv, packed, shape, from, to); });
  EachChunk(1, units * shape.blocks(), [&](int64_t from, int64_t to) {
    AttentionBlocks(qkv, packed, y, Scratch(kWork, shape.scratch()), shape, from, to);
  });
}

void SelfAttentionGrad(const float* qkv, const float* y, const float* dy, float* dqkv, int64_t B, int64_t N,
                       int64_t heads, int64_t d) {
  const AttentionShape shape = {N, heads, d};
  EachChunk(1, B * heads, [&](int64_t from, int64_t to) {
    AttentionGradUnits(qkv, y, dy, dqkv, Scratch(kWork, shape.gradScratch()), shape, from, to);
  });
}

void AdamW(const float* weight, const float* first, const float* second, const float* gradient, const float* settings,
           float* newWeight, float* newFirst, float* newSecond, int64_t size) {
  const AdamWSettings with = {settings[0], settings[1], settings[2], settings[3], settings[4]};
  EachChunk(kChunk, size, [&](int64_t from, int64_t to) {
    AdamWValues(weight, first, second, gradient, with, newWeight, newFirst, newSecond, from, to);
  });
}

}  // namespace VE_VARIANT

// GELU and AdamW: what is done to each value alone.
#include <algorithm>

#include "kernels.h"
#include "parallel.h"
#include "simd.h"

namespace VE_VARIANT {

namespace {

/** Values that one thread takes at a time. */
constexpr int64_t kChunk = 1 << 15;

/** Calls `at(i, count)` for whole vectors and a rest of fewer, in chunks over all threads. */
template <typename At>
void EachVector(int64_t size, const At& at) {
  Parallel((size + kChunk - 1) / kChunk, [&](int64_t chunk) {
    const int64_t end = std::min(size, (chunk + 1) * kChunk);
    int64_t i = chunk * kChunk;
    for (; i + kWidth <= end; i += kWidth) at(i, [](const float* p) { return Load(p); }, [](float* p, Floats x) { Store(p, x); });
    const int64_t rest = end - i;
    if (rest > 0) at(i, [=](const float* p) { return LoadPart(p, rest); }, [=](float* p, Floats x) { StorePart(p, x, rest); });
  });
}

inline Floats Gelu(Floats x) { return x * (0.5f + 0.5f * Erf(x * 0.70710678118f)); }

}  // namespace

void BiasGelu(const float* x, const float* bias, float* y, int64_t M, int64_t D, bool gelu) {
  if (!bias) {
    EachVector(M * D, [=](int64_t i, auto load, auto store) { store(y + i, Gelu(load(x + i))); });
    return;
  }
  const int64_t rows = std::max<int64_t>(1, kChunk / std::max<int64_t>(1, D));
  Parallel((M + rows - 1) / rows, [=](int64_t chunk) {
    for (int64_t m = chunk * rows; m < std::min(M, (chunk + 1) * rows); m++) {
      const float* from = x + m * D;
      float* to = y + m * D;
      int64_t i = 0;
      for (; i + kWidth <= D; i += kWidth) {
        const Floats sum = Load(from + i) + Load(bias + i);
        Store(to + i, gelu ? Gelu(sum) : sum);
      }
      if (i < D) {
        const Floats sum = LoadPart(from + i, D - i) + LoadPart(bias + i, D - i);
        StorePart(to + i, gelu ? Gelu(sum) : sum, D - i);
      }
    }
  });
}

void GeluGrad(const float* x, const float* dy, float* dx, int64_t size) {
  EachVector(size, [=](int64_t i, auto load, auto store) {
    const Floats t = load(x + i);
    const Floats cumulative = 0.5f + 0.5f * Erf(t * 0.70710678118f);
    const Floats density = 0.39894228040f * Exp(t * t * -0.5f);
    store(dx + i, load(dy + i) * (cumulative + t * density));
  });
}

void AdamW(const float* weight, const float* first, const float* second, const float* gradient, const float* settings,
           float* newWeight, float* newFirst, float* newSecond, int64_t size) {
  const float beta1 = settings[0], beta2 = settings[1], stepSize = settings[2], epsilon = settings[3], keep = settings[4];
  EachVector(size, [=](int64_t i, auto load, auto store) {
    const Floats g = load(gradient + i);
    const Floats m = beta1 * load(first + i) + (1 - beta1) * g;
    const Floats v = beta2 * load(second + i) + (1 - beta2) * (g * g);
    Floats root;
    for (int lane = 0; lane < kWidth; lane++) root[lane] = __builtin_sqrtf(v[lane]);
    store(newWeight + i, keep * load(weight + i) - stepSize * m / (root + epsilon));
    store(newFirst + i, m);
    store(newSecond + i, v);
  });
}

}  // namespace VE_VARIANT

// The nearest of many codes, by blocks of vectors: no more than kVectorsAtOnce × K distances are held at a time.
#pragma once
#include "product.h"

namespace VE_VARIANT {

constexpr Index kVectorsAtOnce = 16;

/** Floats that the codes take as `PackCodes` puts them: transposed [D, K], and half the squares of their lengths [K]. */
inline Index PackedCodes(Index K, Index D) { return (D + 1) * RoundUp(K); }

inline void PackCodes(const float* codes, float* packed, Index K, Index D) {
  TransposeRows(codes, D, packed, K, D);
  float* halves = packed + D * RoundUp(K);
  for (Index k = 0; k < K; k++)
    halves[k] = 0.5f * SumAlong(D, [=](Index i, auto load) { return load(codes + k * D + i) * load(codes + k * D + i); });
}

/** For blocks of vectors [N, D] the first code at the least distance, by ½‖c‖² − v·c. */
inline void NearestCodes(const float* vectors, const float* packed, int* nearest, float* scratch, Index N, Index K,
                         Index D, Index from, Index to) {
  const Index wide = RoundUp(K);
  const float* halves = packed + D * wide;
  for (Index block = from; block < to; block++) {
    const Index first = block * kVectorsAtOnce;
    const Index rows = N - first < kVectorsAtOnce ? N - first : kVectorsAtOnce;
    Product({vectors + first * D, D, 1}, packed, wide, scratch, wide, rows, wide, D);
    for (Index r = 0; r < rows; r++) {
      const float* products = scratch + r * wide;
      Index best = 0;
      float least = halves[0] - products[0];
      for (Index k = 1; k < K; k++) {
        const float distance = halves[k] - products[k];
        if (distance < least) {
          least = distance;
          best = k;
        }
      }
      nearest[first + r] = best;
    }
  }
}

}  // namespace VE_VARIANT

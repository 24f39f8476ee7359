// The nearest of many codes, by blocks of vectors: no more than kVectorsAtOnce × K distances are held at a time.
#pragma once
#include "product.h"

namespace VE_VARIANT {

constexpr Index kVectorsAtOnce = 16;
/** The distance of codes that there are not. */
constexpr float kBeyond = 3e38f;

/** Floats that the codes take as `PackCodes` puts them: transposed [D, K], and half the squares of their lengths [K]. */
inline Index PackedCodes(Index K, Index D) { return (D + 1) * RoundUp(K); }

inline void PackCodes(const float* codes, float* packed, Index K, Index D) {
  TransposeRows(codes, D, packed, K, D);
  float* halves = packed + D * RoundUp(K);
  for (Index k = K; k < RoundUp(K); k++) halves[k] = kBeyond;
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
      Floats least = All(kBeyond);
      Ints at = {}, here = {};
      for (int lane = 0; lane < kWidth; lane++) here[lane] = lane;
      for (Index k = 0; k < wide; k += kWidth, here += kWidth) {
        const Floats distance = Load(halves + k) - Load(products + k);
        const Ints nearer = distance < least;
        least = nearer ? distance : least;
        at = nearer ? here : at;
      }
      int best = 0;
      for (int lane = 1; lane < kWidth; lane++)
        if (least[lane] < least[best] || (least[lane] == least[best] && at[lane] < at[best])) best = lane;
      nearest[first + r] = at[best];
    }
  }
}

}  // namespace VE_VARIANT

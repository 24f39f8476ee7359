// Products of large matrices, by panels: operands are packed so that a tile reads them one after the other.
#pragma once
#include "product.h"

namespace VE_VARIANT {

constexpr Index kPanelRows = kRows;
constexpr Index kPanelColumns = kVectors * kWidth;

/** Copies `count` lines of length K into panels [K, width], the last filled up with zeros. Strides are in floats. */
template <int width>
inline void PackPanels(const float* source, Index count, Index K, Index across, Index along, float* target) {
  for (Index first = 0; first < count; first += width, target += K * width) {
    const float* from = source + first * across;
    if (count - first < width) {
      for (Index k = 0; k < K; k++)
        for (Index line = 0; line < width; line++)
          target[k * width + line] = first + line < count ? from[line * across + k * along] : 0;
    } else if (across == 1) {
      for (Index k = 0; k < K; k++)
        for (int i = 0; i < width; i += kWidth) Store(target + k * width + i, Load(from + k * along + i));
    } else {
      for (Index k = 0; k < K; k++)
#pragma GCC unroll 8
        for (int line = 0; line < width; line++) target[k * width + line] = from[line * across + k * along];
    }
  }
}

/** out [M, N], rows `outRow` apart, = packed left [M, K] · packed right [K, N]; panels of the left from..to. */
inline void MultiplyPanels(const float* left, const float* right, float* out, Index outRow, Index M, Index N, Index K,
                           Index from, Index to) {
  for (Index column = 0; column < N; column += kPanelColumns) {
    const float* b = right + column * K;
    for (Index panel = from; panel < to; panel++) {
      const Index row = panel * kPanelRows;
      const Left a = {left + row * K, 1, kPanelRows};
      float* c = out + row * outRow + column;
      if (M - row >= kPanelRows && N - column >= kPanelColumns) {
        Tile<kPanelRows, kVectors>(a, b, kPanelColumns, c, outRow, K, false);
        continue;
      }
      float edge[kPanelRows * kPanelColumns];
      Tile<kPanelRows, kVectors>(a, b, kPanelColumns, edge, kPanelColumns, K, false);
      for (Index r = 0; r < kPanelRows && row + r < M; r++)
        for (Index i = 0; i < kPanelColumns && column + i < N; i++) c[r * outRow + i] = edge[r * kPanelColumns + i];
    }
  }
}

}  // namespace VE_VARIANT

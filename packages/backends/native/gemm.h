// Products of large matrices, by panels: operands are packed so that a tile reads them one after the other.
#pragma once
#include "product.h"

namespace VE_VARIANT {

constexpr Index kPanelRows = kRows;
constexpr Index kPanelColumns = kVectors * kWidth;

/** Where the lines of an operand lie: so many, of length K, `across` floats apart, with `along` floats in a line. */
struct Lines {
  const float* data;
  Index count, K, across, along;
};

/** Copies lines into panels [K, width], those from..to; the last is filled up with zeros. */
template <int width>
inline void PackPanels(const Lines& lines, float* target, Index begin, Index end) {
  const Index count = lines.count, K = lines.K, across = lines.across, along = lines.along;
  for (Index panel = begin; panel < end; panel++, target += K * width) {
    const Index first = panel * width;
    const float* from = lines.data + first * across;
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

/** Rows begin..end of out [M, N], `outRow` apart, = their panels of the left, packed · the packed right [K, N]. */
inline void MultiplyPanels(const float* left, const float* right, float* out, Index outRow, Index M, Index N, Index K,
                           Index begin, Index end) {
  for (Index column = 0; column < N; column += kPanelColumns) {
    const float* b = right + column * K;
    for (Index panel = begin; panel < end; panel++) {
      const Index row = panel * kPanelRows;
      const Left a = {left + (panel - begin) * K * kPanelRows, 1, kPanelRows};
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

/** Floats of packed rows that stay in the second-level cache. */
constexpr Index kPackedFloats = 48 * 1024;

/** Panels of the left operand that are packed at a time. */
inline Index PanelsAtOnce(Index K) {
  const Index fitting = kPackedFloats / (K * kPanelRows);
  return fitting > 0 ? fitting : 1;
}

/** out [M, N] = left · the packed right, for the left's panels from..to, which are packed in `scratch`. */
inline void MultiplyRows(const Lines& left, const float* right, float* out, float* scratch, Index outRow, Index N,
                         Index from, Index to) {
  const Index atOnce = PanelsAtOnce(left.K);
  for (Index panel = from; panel < to; panel += atOnce) {
    const Index end = to - panel < atOnce ? to : panel + atOnce;
    PackPanels<kPanelRows>(left, scratch, panel, end);
    MultiplyPanels(scratch, right, out, outRow, left.count, N, left.K, panel, end);
  }
}

}  // namespace VE_VARIANT

// Products of small matrices that lie in the caches.
#pragma once
#include "simd.h"

namespace VE_VARIANT {

/** A tile of a product: rows, and vectors across; its sums fit the registers. */
constexpr int kRows = kWidth == 16 ? 8 : 4;
constexpr int kVectors = kWidth == 16 ? 3 : 2;

/** The next multiple of a vector's width. */
inline Index RoundUp(Index n) { return (n + kWidth - 1) / kWidth * kWidth; }

/** A left operand: the value of row m at depth k is at m · row + k · depth. */
struct Left {
  const float* data;
  Index row, depth;
};

template <int kTileRows, int kTileVectors>
inline void Tile(Left a, const float* b, Index bRow, float* c, Index cRow, Index K, bool add) {
  Floats sums[kTileRows][kTileVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kTileRows; r++)
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; v++) sums[r][v] = add ? Load(c + r * cRow + v * kWidth) : Floats{};
#if defined(__clang__)
#pragma clang loop unroll(disable)
#endif
  for (Index k = 0; k < K; k++) {
    Floats right[kTileVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; v++) right[v] = Load(b + k * bRow + v * kWidth);
#pragma GCC unroll 8
    for (int r = 0; r < kTileRows; r++) {
      const Floats left = All(a.data[r * a.row + k * a.depth]);
#pragma GCC unroll 8
      for (int v = 0; v < kTileVectors; v++) sums[r][v] = MultiplyAdd(left, right[v], sums[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kTileRows; r++)
#pragma GCC unroll 8
    for (int v = 0; v < kTileVectors; v++) Store(c + r * cRow + v * kWidth, sums[r][v]);
}

template <int kTileRows>
inline void RowsOfTiles(Left a, const float* b, Index bRow, float* c, Index cRow, Index columns, Index K, bool add) {
  Index n = 0;
  for (; n + kVectors * kWidth <= columns; n += kVectors * kWidth)
    Tile<kTileRows, kVectors>(a, b + n, bRow, c + n, cRow, K, add);
  for (; n < columns; n += kWidth) Tile<kTileRows, 1>(a, b + n, bRow, c + n, cRow, K, add);
}

/** c [M, columns] = (or +=) a [M, K] · b [K, columns], columns being whole vectors. */
inline void Product(Left a, const float* b, Index bRow, float* c, Index cRow, Index M, Index columns, Index K,
                    bool add = false) {
  Index m = 0;
  for (; m + kRows <= M; m += kRows)
    RowsOfTiles<kRows>({a.data + m * a.row, a.row, a.depth}, b, bRow, c + m * cRow, cRow, columns, K, add);
  for (; m < M; m++)
    RowsOfTiles<1>({a.data + m * a.row, a.row, a.depth}, b, bRow, c + m * cRow, cRow, columns, K, add);
}

/** Rows [N, d] of any stride → [N, d rounded up], scaled; what is beyond d is 0. */
inline void CopyRows(const float* from, Index stride, float* to, Index N, Index d, float scale = 1) {
  const Index padded = RoundUp(d);
  for (Index n = 0; n < N; n++) {
    Along(0, d, [=](Index i, auto load, auto) { Store(to + n * padded + i, load(from + n * stride + i) * scale); });
  }
}

/** Rows [N, d] of any stride → [d, N rounded up]; what is beyond N is 0. */
inline void TransposeRows(const float* from, Index stride, float* to, Index N, Index d) {
  const Index padded = RoundUp(N);
  for (Index first = 0; first < padded; first += kWidth) {
    for (Index i = 0; i < d; i++) {
      for (Index n = first; n < first + kWidth; n++) to[i * padded + n] = n < N ? from[n * stride + i] : 0;
    }
  }
}

}  // namespace VE_VARIANT

// Products of large matrices, by panels: operands are packed so that a tile reads them one after the other.
#pragma once
#include "elementwise.h"
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
    } else if (across == 1 && width % kWidth == 0) {
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

/** Columns of the result that `RowTimesMatrix` takes at a time: their sums stay in the first-level cache. */
constexpr Index kStrip = 128;

/** out += the sum of so many rows, each times a number, for the columns from..to. */
template <int count>
inline void AddRows(const float* numbers, Index along, const float* rows, Index rowLength, float* out, Index from,
                    Index to) {
  Floats number[count];
  for (int j = 0; j < count; j++) number[j] = All(numbers[j * along]);
  Along(from, to, [=](Index i, auto load, auto store) {
    Floats sum = load(out + i);
    for (int j = 0; j < count; j++) sum = MultiplyAdd(number[j], load(rows + j * rowLength + i), sum);
    store(out + i, sum);
  });
}

/** Strips of out [N] = row [K], `along` apart, · right [K, N], whose rows are `rightRow` apart: nothing is packed. */
inline void RowTimesMatrix(const float* row, Index K, Index along, const float* right, Index rightRow, float* out,
                           Index N, Index from, Index to) {
  for (Index strip = from; strip < to; strip++) {
    const Index first = strip * kStrip, end = N - first < kStrip ? N : first + kStrip;
    for (Index i = first; i < end; i++) out[i] = 0;
    Index k = 0;
    for (; k + 4 <= K; k += 4) AddRows<4>(row + k * along, along, right + k * rightRow, rightRow, out, first, end);
    for (; k < K; k++) AddRows<1>(row + k * along, along, right + k * rightRow, rightRow, out, first, end);
  }
}

/** Columns of the result that `LinearStrips` takes at a time, and how deep; a strip so deep stays in the caches. */
constexpr Index kDepth = 512;
/** Floats of a line of the caches. */
constexpr int kLine = 16;

/** Floats that a thread of `LinearStrips` works in. */
inline Index LinearScratch(Index M, Index K) { return (M + K) * kPanelColumns; }

/**
 * Strips of columns of y [M, N] = x [M, K] · weight [K, N] + bias, with exact GELU after it where wanted: the weight's
 * columns are packed, and x is read as it is. The strip that this thread takes next is `ahead` of its present one, and is
 * brought near meanwhile.
 */
inline void LinearStrips(const float* x, const float* weight, const float* bias, float* y, float* scratch, Index M,
                         Index K, Index N, bool gelu, Index from, Index to, Index ahead) {
  float* packed = scratch;
  const Index tiles = (M + kPanelRows - 1) / kPanelRows * ((K + kDepth - 1) / kDepth);
  for (Index strip = from; strip < to; strip++) {
    const Index first = strip * kPanelColumns;
    const Index width = N - first < kPanelColumns ? N - first : kPanelColumns;
    const Index next = first + ahead * kPanelColumns;
    const Index rowsPerTile = next + kPanelColumns <= N ? (K + tiles - 1) / tiles : 0;
    Index near = 0;  // rows of the next strip that have been asked for
    const auto bringNear = [&] {
      for (const Index end = near + rowsPerTile < K ? near + rowsPerTile : K; near < end; near++)
        for (int i = 0; i < kPanelColumns; i += kLine) __builtin_prefetch(weight + near * N + next + i, 0, 2);
    };
    PackPanels<kPanelColumns>({weight + first, width, K, 1, N}, packed, 0, 1);
    const bool whole = width == kPanelColumns;
    float* out = whole ? y + first : scratch + K * kPanelColumns;
    const Index outRow = whole ? N : kPanelColumns;
    for (Index k = 0; k < K; k += kDepth) {
      const Index depth = K - k < kDepth ? K - k : kDepth;
      const float* b = packed + k * kPanelColumns;
      Index m = 0;
      for (; m + kPanelRows <= M; m += kPanelRows) {
        bringNear();
        Tile<kPanelRows, kVectors>({x + m * K + k, K, 1}, b, kPanelColumns, out + m * outRow, outRow, depth, k > 0);
      }
      for (; m < M; m++)
        Tile<1, kVectors>({x + m * K + k, K, 1}, b, kPanelColumns, out + m * outRow, outRow, depth, k > 0);
    }
    if (whole && !bias && !gelu) continue;
    for (Index m = 0; m < M; m++) {
      Along(0, width, [=](Index i, auto load, auto store) {
        Floats sum = load(out + m * outRow + i);
        if (bias) sum += load(bias + first + i);
        store(y + m * N + first + i, gelu ? GeluOf(sum) : sum);
      });
    }
  }
}

}  // namespace VE_VARIANT

// Convolutions of pictures [B, H, W, C] as products: every tap of the filter is a product of pixels that lie a stride apart
// with that tap's matrix [C, outputs].
#pragma once
#include "gemm.h"

namespace VE_VARIANT {

/** Pixels beside each other that are computed together. */
constexpr Index kRun = 48;

/** Rows are the axis across which there are threads, and pixels that along which there are runs, whichever they are. */
struct ConvolutionShape {
  Index inHeight, inWidth, inChannels, outHeight, outWidth, outChannels;
  Index filterHeight, filterWidth, strideHeight, strideWidth, padTop, padLeft;
  /** Floats between rows and between pixels, in x and in y. */
  Index inRow, inPixel, outRow, outPixel;

  Index runs() const { return (outWidth + kRun - 1) / kRun; }
  /** Runs of all samples. */
  Index units(Index batch) const { return batch * outHeight * runs(); }
  /** Input pixels under a run, in a row. */
  Index span(Index count) const { return (count - 1) * strideWidth + filterWidth; }
  /** Floats that a thread works in. */
  Index scratch() const { return filterHeight * span(kRun) * inChannels + kRun * kPanelColumns; }
};

/** The input under a run of outputs, with zeros around the picture: [filterHeight, span, channels]. */
inline void CopyPatch(const float* sample, const ConvolutionShape& of, Index row, Index first, Index count, float* to) {
  const Index span = of.span(count), C = of.inChannels;
  const Index left = first * of.strideWidth - of.padLeft;
  const Index before = left < 0 ? -left : 0;
  const Index after = left + span > of.inWidth ? left + span - of.inWidth : 0;
  for (Index i = 0; i < of.filterHeight; i++, to += span * C) {
    const Index y = row * of.strideHeight + i - of.padTop;
    const bool inside = y >= 0 && y < of.inHeight;
    const Index begin = inside ? (before < span ? before : span) * C : span * C;
    const Index end = inside ? (after < span ? span - after : 0) * C : span * C;
    Along(0, begin, [=](Index k, auto, auto store) { store(to + k, Floats{}); });
    if (!inside) continue;
    const float* from = sample + y * of.inRow + left * of.inPixel;
    if (of.inPixel == C) {
      Along(begin, end, [=](Index k, auto load, auto store) { store(to + k, load(from + k)); });
    } else {
      for (Index p = begin / C; p < end / C; p++)
        Along(0, C, [=](Index k, auto load, auto store) { store(to + p * C + k, load(from + p * of.inPixel + k)); });
    }
    Along(end > begin ? end : begin, span * C, [=](Index k, auto, auto store) { store(to + k, Floats{}); });
  }
}

/** Runs from..to of y, by filters packed in panels of columns [taps · channels, outputs]. */
inline void ConvolutionRuns(const float* x, const float* packed, float* y, float* scratch, const ConvolutionShape& of,
                            Index from, Index to) {
  const Index C = of.inChannels, N = of.outChannels, depth = of.filterHeight * of.filterWidth * C;
  float* edge = scratch + of.filterHeight * of.span(kRun) * C;
  for (Index unit = from; unit < to; unit++) {
    const Index line = unit / of.runs(), first = (unit % of.runs()) * kRun;
    const Index number = line / of.outHeight, row = line % of.outHeight;
    const Index count = of.outWidth - first < kRun ? of.outWidth - first : kRun;
    const Index span = of.span(count), step = of.strideWidth * C;
    CopyPatch(x + number * of.inHeight * of.inWidth * C, of, row, first, count, scratch);
    float* out = y + number * of.outHeight * of.outWidth * N + row * of.outRow + first * of.outPixel;
    for (Index column = 0; column < N; column += kPanelColumns) {
      const Index width = N - column < kPanelColumns ? N - column : kPanelColumns;
      const bool whole = width == kPanelColumns;
      float* c = whole ? out + column : edge;
      const Index cRow = whole ? of.outPixel : kPanelColumns;
      const float* b = packed + column * depth;
      for (Index tap = 0; tap < of.filterHeight * of.filterWidth; tap++, b += C * kPanelColumns) {
        const float* a = scratch + ((tap / of.filterWidth) * span + tap % of.filterWidth) * C;
        Index m = 0;
        for (; m + kPanelRows <= count; m += kPanelRows)
          Tile<kPanelRows, kVectors>({a + m * step, step, 1}, b, kPanelColumns, c + m * cRow, cRow, C, tap > 0);
        for (; m < count; m++)
          Tile<1, kVectors>({a + m * step, step, 1}, b, kPanelColumns, c + m * cRow, cRow, C, tap > 0);
      }
      if (whole) continue;
      for (Index m = 0; m < count; m++)
        for (Index i = 0; i < width; i++) out[m * of.outPixel + column + i] = edge[m * kPanelColumns + i];
    }
  }
}

}  // namespace VE_VARIANT

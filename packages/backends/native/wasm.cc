// The kernels as functions of a WebAssembly module that works in another's memory: addresses and sizes are given as they
// are, and the caller sets the stack's pointer. Where a function takes from..to, parts may run at the same time, each in
// a scratch of its own. pnpm kernels:wasm compiles this file.
#define VE_VARIANT wasm
#include "attention.h"
#include "convolution.h"
#include "elementwise.h"
#include "gemm.h"
#include "group_norm.h"
#include "layer_norm.h"
#include "nearest_code.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

using namespace wasm;

/** Panels of so many lines, floats of one packed, and what a thread packs the left operand's rows in. */
EXPORT Index leftPanels(Index rows) { return (rows + kPanelRows - 1) / kPanelRows; }
EXPORT Index rightPanels(Index columns) { return (columns + kPanelColumns - 1) / kPanelColumns; }
EXPORT Index packedPanel(Index K) { return K * kPanelColumns; }
EXPORT Index gemmScratch(Index K) { return PanelsAtOnce(K) * K * kPanelRows; }

/** The right operand's columns, for panels from..to. Strides are in floats. */
EXPORT void packRight(const float* data, Index columns, Index K, Index across, Index along, float* target, Index from,
                      Index to) {
  PackPanels<kPanelColumns>({data, columns, K, across, along}, target + from * K * kPanelColumns, from, to);
}

EXPORT void multiplyRows(const float* data, Index rows, Index K, Index across, Index along, const float* right,
                         float* out, float* scratch, Index outRow, Index N, Index from, Index to) {
  MultiplyRows({data, rows, K, across, along}, right, out, scratch, outRow, N, from, to);
}

/** Pieces of a product of one row, which need no scratch. */
EXPORT Index rowStrips(Index N) { return (N + kStrip - 1) / kStrip; }
EXPORT void rowTimesMatrix(const float* row, Index K, Index along, const float* right, Index rightRow, float* out,
                           Index N, Index from, Index to) {
  RowTimesMatrix(row, K, along, right, rightRow, out, N, from, to);
}

EXPORT Index convolutionUnits(Index batch, Index outHeight, Index outWidth) {
  ConvolutionShape shape = {};
  shape.outHeight = outHeight;
  shape.outWidth = outWidth;
  return shape.units(batch);
}

EXPORT Index convolutionScratch(Index channels, Index filterHeight, Index filterWidth, Index strideWidth) {
  ConvolutionShape shape = {};
  shape.inChannels = channels;
  shape.filterHeight = filterHeight;
  shape.filterWidth = filterWidth;
  shape.strideWidth = strideWidth;
  return shape.scratch();
}

EXPORT void convolution(const float* x, const float* packed, float* y, float* scratch, Index inHeight, Index inWidth,
                        Index inChannels, Index outHeight, Index outWidth, Index outChannels, Index filterHeight,
                        Index filterWidth, Index strideHeight, Index strideWidth, Index padTop, Index padLeft,
                        Index inRow, Index inPixel, Index outRow, Index outPixel, Index from, Index to) {
  ConvolutionRuns(x, packed, y, scratch,
                  {inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth,
                   strideHeight, strideWidth, padTop, padLeft, inRow, inPixel, outRow, outPixel},
                  from, to);
}

EXPORT void erf(const float* x, float* y, Index from, Index to) {
  Along(from, to, [=](Index i, auto load, auto store) { store(y + i, Erf(load(x + i))); });
}

EXPORT void biasGelu(const float* x, const float* bias, float* y, Index D, Index gelu, Index from, Index to) {
  BiasGeluRows(x, bias, y, D, gelu, from, to);
}

EXPORT void gelu(const float* x, float* y, Index from, Index to) {
  Along(from, to, [=](Index i, auto load, auto store) { store(y + i, GeluOf(load(x + i))); });
}

EXPORT void geluGrad(const float* x, const float* dy, float* dx, Index from, Index to) {
  GeluGradValues(x, dy, dx, from, to);
}

EXPORT void adamW(const float* weight, const float* first, const float* second, const float* gradient,
                  float* newWeight, float* newFirst, float* newSecond, float beta1, float beta2, float stepSize,
                  float epsilon, float keep, Index from, Index to) {
  AdamWValues(weight, first, second, gradient, {beta1, beta2, stepSize, epsilon, keep}, newWeight, newFirst, newSecond,
              from, to);
}

EXPORT void layerNorm(const float* x, const float* weight, const float* bias, float* y, Index D, float epsilon,
                      Index from, Index to) {
  LayerNormRows(x, weight, bias, y, D, epsilon, from, to);
}

EXPORT void layerNormGrad(const float* x, const float* weight, const float* dy, float* dx, float* dWeight,
                          float* dBias, Index D, float epsilon, Index from, Index to) {
  LayerNormGradRows(x, weight, dy, dx, dWeight, dBias, D, epsilon, from, to);
}

EXPORT void channelSums(const float* x, const float* mean, float* sums, Index C, Index from, Index to) {
  ChannelSums(x, mean, sums, C, from, to);
}

EXPORT void groupNorm(const float* x, const float* mean, const float* inverse, const float* weight, const float* bias,
                      float* y, Index C, Index swish, Index from, Index to) {
  GroupNormPixels(x, {mean, inverse, weight, bias}, y, C, swish, from, to);
}

EXPORT void groupNormGradSums(const float* x, const float* dy, const float* mean, const float* inverse,
                              const float* weight, const float* bias, float* ofBias, float* ofWeight, Index C,
                              Index swish, Index from, Index to) {
  GroupNormGradSums(x, dy, {mean, inverse, weight, bias}, ofBias, ofWeight, C, swish, from, to);
}

EXPORT void groupNormGrad(const float* x, const float* dy, const float* mean, const float* inverse,
                          const float* weight, const float* bias, const float* through, const float* along, float* dx,
                          Index C, Index swish, Index from, Index to) {
  GroupNormGradPixels(x, dy, {mean, inverse, weight, bias}, through, along, dx, C, swish, from, to);
}

/** Floats that a unit's packed keys and values take, and a thread's scratch forward and backward. */
EXPORT Index attentionPacked(Index N, Index heads, Index d) { return AttentionShape{N, heads, d}.packed(); }
EXPORT Index attentionScratch(Index N, Index heads, Index d) { return AttentionShape{N, heads, d}.scratch(); }
EXPORT Index attentionGradScratch(Index N, Index heads, Index d) { return AttentionShape{N, heads, d}.gradScratch(); }
EXPORT Index attentionBlocks(Index N, Index heads, Index d) { return AttentionShape{N, heads, d}.blocks(); }

EXPORT void packAttention(const float* qkv, float* packed, Index N, Index heads, Index d, Index from, Index to) {
  PackUnits(qkv, packed, {N, heads, d}, from, to);
}

EXPORT void attention(const float* qkv, const float* packed, float* y, float* scratch, Index N, Index heads, Index d,
                      Index from, Index to) {
  AttentionBlocks(qkv, packed, y, scratch, {N, heads, d}, from, to);
}

EXPORT void attentionGrad(const float* qkv, const float* y, const float* dy, float* dqkv, float* scratch, Index N,
                          Index heads, Index d, Index from, Index to) {
  AttentionGradUnits(qkv, y, dy, dqkv, scratch, {N, heads, d}, from, to);
}

EXPORT Index nearestPacked(Index K, Index D) { return PackedCodes(K, D); }
EXPORT Index nearestScratch(Index K) { return kVectorsAtOnce * RoundUp(K); }
EXPORT Index nearestBlocks(Index N) { return (N + kVectorsAtOnce - 1) / kVectorsAtOnce; }
EXPORT void packCodes(const float* codes, float* packed, Index K, Index D) { PackCodes(codes, packed, K, D); }
EXPORT void nearestCodes(const float* vectors, const float* packed, int* nearest, float* scratch, Index N, Index K,
                         Index D, Index from, Index to) {
  NearestCodes(vectors, packed, nearest, scratch, N, K, D, from, to);
}

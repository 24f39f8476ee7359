// Self-attention by blocks of queries: no more than kQueries × N of its weights are held at a time (Dao et al., 2022).
// A unit is a head of a sample.
#pragma once
#include "product.h"

namespace VE_VARIANT {

constexpr Index kQueries = 32;

/** Where things lie: queries, keys and values side by side, [B, N, 3 · heads · d]. */
struct AttentionShape {
  Index N, heads, d;
  Index wide() const { return RoundUp(N); }
  Index deep() const { return RoundUp(d); }
  Index blocks() const { return (N + kQueries - 1) / kQueries; }
  /** Floats between the rows of one head in qkv, and in y. */
  Index stride() const { return 3 * heads * d; }
  /** Of the queries of a unit in qkv; keys and values follow heads · d and 2 · heads · d later. */
  Index queries(Index unit) const { return (unit / heads) * N * stride() + (unit % heads) * d; }
  /** Of a unit in y. */
  Index output(Index unit) const { return ((unit / heads) * N * heads + unit % heads) * d; }

  /** Floats of a unit's keys and values as `PackUnits` puts them. */
  Index packed() const { return d * wide() + N * deep(); }
  /** Floats that a thread of `AttentionBlocks` works in. */
  Index scratch() const { return kQueries * (2 * deep() + wide() + 1); }
  /** And of `AttentionGradUnits`. */
  Index gradScratch() const {
    return 2 * d * wide() + 3 * N * deep() + 3 * kQueries * deep() + 2 * kQueries * wide() + kQueries;
  }
  float scale() const { return 1 / __builtin_sqrtf(static_cast<float>(d)); }
};

/** Scores [rows, N rounded up] → e^(score − the row's largest), 0 beyond N; and one over the sums of the rows. */
inline void Exponentials(float* scores, float* inverse, Index rows, Index N) {
  const Index padded = RoundUp(N);
  for (Index r = 0; r < rows; r++) {
    float* row = scores + r * padded;
    for (Index n = N; n < padded; n++) row[n] = -1e30f;
    Floats largest = Load(row);
    for (Index n = kWidth; n < padded; n += kWidth) largest = Maximum(largest, Load(row + n));
    float most = largest[0];
    for (int i = 1; i < kWidth; i++)
      if (largest[i] > most) most = largest[i];
    Floats total = {};
    for (Index n = 0; n < padded; n += kWidth) {
      const Floats weight = Exp(Load(row + n) - most);
      Store(row + n, weight);
      total += weight;
    }
    inverse[r] = 1 / Sum(total);
    for (Index n = N; n < padded; n++) row[n] = 0;
  }
}

/** Keys transposed [d, N] and values [N, d] of each unit, in `packed`. */
inline void PackUnits(const float* qkv, float* packed, const AttentionShape& shape, Index from, Index to) {
  for (Index unit = from; unit < to; unit++) {
    const float* keys = qkv + shape.queries(unit) + shape.heads * shape.d;
    float* into = packed + unit * shape.packed();
    TransposeRows(keys, shape.stride(), into, shape.N, shape.d);
    CopyRows(keys + shape.heads * shape.d, shape.stride(), into + shape.d * shape.wide(), shape.N, shape.d);
  }
}

/** Blocks of queries, counted over all units, → y. */
inline void AttentionBlocks(const float* qkv, const float* packed, float* y, float* scratch,
                            const AttentionShape& shape, Index from, Index to) {
  const Index wide = shape.wide(), deep = shape.deep(), d = shape.d, N = shape.N;
  for (Index block = from; block < to; block++) {
    const Index unit = block / shape.blocks(), first = (block % shape.blocks()) * kQueries;
    const Index rows = N - first < kQueries ? N - first : kQueries;
    const float *keys = packed + unit * shape.packed(), *values = keys + d * wide;
    float *queries = scratch, *scores = queries + kQueries * deep, *mixed = scores + kQueries * wide;
    float* inverse = mixed + kQueries * deep;
    CopyRows(qkv + shape.queries(unit) + first * shape.stride(), shape.stride(), queries, rows, d, shape.scale());
    Product({queries, deep, 1}, keys, wide, scores, wide, rows, wide, d);
    Exponentials(scores, inverse, rows, N);
    Product({scores, wide, 1}, values, deep, mixed, deep, rows, deep, N);
    for (Index r = 0; r < rows; r++) {
      float* out = y + shape.output(unit) + (first + r) * shape.heads * d;
      Along(0, d, [=](Index i, auto load, auto store) { store(out + i, load(mixed + r * deep + i) * inverse[r]); });
    }
  }
}

/** The gradient by qkv of each unit, whose weights are computed again. */
inline void AttentionGradUnits(const float* qkv, const float* y, const float* dy, float* dqkv, float* scratch,
                               const AttentionShape& shape, Index from, Index to) {
  const Index wide = shape.wide(), deep = shape.deep(), d = shape.d, N = shape.N;
  const Index stride = shape.stride(), outStride = shape.heads * d;
  const float scale = shape.scale();
  float* keysAcross = scratch;
  float* valuesAcross = keysAcross + d * wide;
  float* keys = valuesAcross + d * wide;
  float* dKeys = keys + N * deep;
  float* dValues = dKeys + N * deep;
  float* queries = dValues + N * deep;
  float* slopes = queries + kQueries * deep;
  float* dQueries = slopes + kQueries * deep;
  float* weights = dQueries + kQueries * deep;
  float* dWeights = weights + kQueries * wide;
  float* inverse = dWeights + kQueries * wide;
  for (Index unit = from; unit < to; unit++) {
    const float* q = qkv + shape.queries(unit);
    const float *k = q + outStride, *v = k + outStride;
    const float *out = y + shape.output(unit), *dOut = dy + shape.output(unit);
    float *dq = dqkv + shape.queries(unit), *dk = dq + outStride, *dv = dk + outStride;
    TransposeRows(k, stride, keysAcross, N, d);
    TransposeRows(v, stride, valuesAcross, N, d);
    CopyRows(k, stride, keys, N, d);
    for (Index i = 0; i < 2 * N * deep; i += kWidth) Store(dKeys + i, Floats{});
    for (Index first = 0; first < N; first += kQueries) {
      const Index rows = N - first < kQueries ? N - first : kQueries;
      CopyRows(q + first * stride, stride, queries, rows, d, scale);
      CopyRows(dOut + first * outStride, outStride, slopes, rows, d);
      Product({queries, deep, 1}, keysAcross, wide, weights, wide, rows, wide, d);
      Exponentials(weights, inverse, rows, N);
      Product({slopes, deep, 1}, valuesAcross, wide, dWeights, wide, rows, wide, d);
      for (Index r = 0; r < rows; r++) {
        // Of softmax: dS = w·(dW − Σⱼ dWⱼ·wⱼ), and that sum is dy·y.
        const float* outRow = out + (first + r) * outStride;
        const float along = SumAlong(d, [=](Index i, auto load) {
          return load(slopes + r * deep + i) * load(outRow + i);
        });
        for (Index at = r * wide; at < (r + 1) * wide; at += kWidth) {
          const Floats weight = Load(weights + at) * inverse[r];
          Store(weights + at, weight);
          Store(dWeights + at, weight * (Load(dWeights + at) - along));
        }
      }
      Product({weights, 1, wide}, slopes, deep, dValues, deep, N, deep, rows, true);
      Product({dWeights, 1, wide}, queries, deep, dKeys, deep, N, deep, rows, true);
      Product({dWeights, wide, 1}, keys, deep, dQueries, deep, rows, deep, N);
      for (Index r = 0; r < rows; r++) {
        float* to = dq + (first + r) * stride;
        Along(0, d, [=](Index i, auto load, auto store) { store(to + i, load(dQueries + r * deep + i) * scale); });
      }
    }
    for (Index n = 0; n < N; n++) {
      Along(0, d, [=](Index i, auto load, auto store) {
        store(dk + n * stride + i, load(dKeys + n * deep + i));
        store(dv + n * stride + i, load(dValues + n * deep + i));
      });
    }
  }
}

}  // namespace VE_VARIANT

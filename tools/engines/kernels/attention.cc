// Self-attention by blocks of queries: no more than kQueries × N of its weights are held by a thread (Dao et al., 2022).
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels.h"
#include "parallel.h"
#include "simd.h"

namespace VE_VARIANT {

namespace {

constexpr int64_t kQueries = 32;
/** A tile of a product: rows, and vectors across; its sums fit the registers. */
constexpr int kRows = kWidth == 16 ? 8 : 4;
constexpr int kVectors = kWidth == 16 ? 3 : 2;

inline int64_t RoundUp(int64_t n) { return (n + kWidth - 1) / kWidth * kWidth; }

/** A left operand: the value of row m at depth k is at m · row + k · depth. */
struct Left {
  const float* data;
  int64_t row, depth;
};

template <int kTileRows, int kTileVectors>
inline void Tile(Left a, const float* b, int64_t bRow, float* c, int64_t cRow, int64_t K, bool add) {
  Floats sums[kTileRows][kTileVectors];
  for (int r = 0; r < kTileRows; r++)
    for (int v = 0; v < kTileVectors; v++) sums[r][v] = add ? Load(c + r * cRow + v * kWidth) : Floats{};
  for (int64_t k = 0; k < K; k++) {
    Floats right[kTileVectors];
    for (int v = 0; v < kTileVectors; v++) right[v] = Load(b + k * bRow + v * kWidth);
    for (int r = 0; r < kTileRows; r++) {
      const float left = a.data[r * a.row + k * a.depth];
      for (int v = 0; v < kTileVectors; v++) sums[r][v] += left * right[v];
    }
  }
  for (int r = 0; r < kTileRows; r++)
    for (int v = 0; v < kTileVectors; v++) Store(c + r * cRow + v * kWidth, sums[r][v]);
}

template <int kTileRows>
inline void Rows(Left a, const float* b, int64_t bRow, float* c, int64_t cRow, int64_t columns, int64_t K, bool add) {
  int64_t n = 0;
  for (; n + kVectors * kWidth <= columns; n += kVectors * kWidth)
    Tile<kTileRows, kVectors>(a, b + n, bRow, c + n, cRow, K, add);
  for (; n < columns; n += kWidth) Tile<kTileRows, 1>(a, b + n, bRow, c + n, cRow, K, add);
}

/** c [M, columns] = (or +=) a [M, K] · b [K, columns], columns being whole vectors. */
void Product(Left a, const float* b, int64_t bRow, float* c, int64_t cRow, int64_t M, int64_t columns, int64_t K,
             bool add = false) {
  int64_t m = 0;
  for (; m + kRows <= M; m += kRows)
    Rows<kRows>({a.data + m * a.row, a.row, a.depth}, b, bRow, c + m * cRow, cRow, columns, K, add);
  for (; m < M; m++) Rows<1>({a.data + m * a.row, a.row, a.depth}, b, bRow, c + m * cRow, cRow, columns, K, add);
}

/** One head of one sample. */
struct Head {
  const float *q, *k, *v;  // rows of `stride` floats
  int64_t stride;
};

Head HeadOf(const float* qkv, int64_t unit, int64_t N, int64_t heads, int64_t d) {
  const int64_t width = heads * d;
  const float* from = qkv + (unit / heads) * N * 3 * width + (unit % heads) * d;
  return {from, from + width, from + 2 * width, 3 * width};
}

/** Rows [N, d] of any stride → [N, dPadded], scaled; what is beyond d is 0. */
void Copy(const float* from, int64_t stride, float* to, int64_t N, int64_t d, float scale = 1) {
  const int64_t padded = RoundUp(d);
  for (int64_t n = 0; n < N; n++) {
    for (int64_t i = 0; i < d; i++) to[n * padded + i] = from[n * stride + i] * scale;
    for (int64_t i = d; i < padded; i++) to[n * padded + i] = 0;
  }
}

/** Rows [N, d] of any stride → [d, NPadded]; what is beyond N is 0. */
void Transpose(const float* from, int64_t stride, float* to, int64_t N, int64_t d) {
  const int64_t padded = RoundUp(N);
  for (int64_t n0 = 0; n0 < padded; n0 += kWidth) {
    for (int64_t i = 0; i < d; i++) {
      for (int64_t n = n0; n < n0 + kWidth; n++) to[i * padded + n] = n < N ? from[n * stride + i] : 0;
    }
  }
}

/** Scores [rows, NPadded] → e^(score − the row's largest), 0 beyond N; and one over the sums of the rows. */
void Exponentials(float* scores, float* inverse, int64_t rows, int64_t N) {
  const int64_t padded = RoundUp(N);
  for (int64_t r = 0; r < rows; r++) {
    float* row = scores + r * padded;
    for (int64_t n = N; n < padded; n++) row[n] = -1e30f;
    Floats largest = Load(row);
    for (int64_t n = kWidth; n < padded; n += kWidth) largest = Maximum(largest, Load(row + n));
    float most = largest[0];
    for (int i = 1; i < kWidth; i++) most = std::max(most, largest[i]);
    Floats total = {};
    for (int64_t n = 0; n < padded; n += kWidth) {
      const Floats weight = Exp(Load(row + n) - most);
      Store(row + n, weight);
      total += weight;
    }
    inverse[r] = 1 / Sum(total);
    for (int64_t n = N; n < padded; n++) row[n] = 0;
  }
}

/** Memory of a thread, kept between operations of like size. */
float* Scratch(int64_t floats) {
  thread_local std::vector<float> held;
  if (static_cast<int64_t>(held.size()) < floats) held.resize(floats);
  return held.data();
}

}  // namespace

void SelfAttention(const float* qkv, float* y, int64_t B, int64_t N, int64_t heads, int64_t d) {
  const int64_t wide = RoundUp(N), deep = RoundUp(d), units = B * heads;
  const float scale = 1 / std::sqrt(static_cast<float>(d));
  std::vector<float> packed(units * (d * wide + N * deep));
  const auto keysOf = [&](int64_t unit) { return packed.data() + unit * (d * wide + N * deep); };
  Parallel(units, [&](int64_t unit) {
    const Head head = HeadOf(qkv, unit, N, heads, d);
    Transpose(head.k, head.stride, keysOf(unit), N, d);
    Copy(head.v, head.stride, keysOf(unit) + d * wide, N, d);
  });
  const int64_t blocks = (N + kQueries - 1) / kQueries;
  Parallel(units * blocks, [&](int64_t i) {
    const int64_t unit = i / blocks, first = (i % blocks) * kQueries, rows = std::min(kQueries, N - first);
    const Head head = HeadOf(qkv, unit, N, heads, d);
    const float *keys = keysOf(unit), *values = keys + d * wide;
    float* queries = Scratch(kQueries * (2 * deep + wide + 1));
    float *scores = queries + kQueries * deep, *mixed = scores + kQueries * wide, *inverse = mixed + kQueries * deep;
    Copy(head.q + first * head.stride, head.stride, queries, rows, d, scale);
    Product({queries, deep, 1}, keys, wide, scores, wide, rows, wide, d);
    Exponentials(scores, inverse, rows, N);
    Product({scores, wide, 1}, values, deep, mixed, deep, rows, deep, N);
    for (int64_t r = 0; r < rows; r++) {
      float* out = y + (((unit / heads) * N + first + r) * heads + unit % heads) * d;
      for (int64_t j = 0; j < d; j++) out[j] = mixed[r * deep + j] * inverse[r];
    }
  });
}

void SelfAttentionGrad(const float* qkv, const float* y, const float* dy, float* dqkv, int64_t B, int64_t N,
                       int64_t heads, int64_t d) {
  const int64_t wide = RoundUp(N), deep = RoundUp(d);
  const float scale = 1 / std::sqrt(static_cast<float>(d));
  Parallel(B * heads, [&](int64_t unit) {
    const Head head = HeadOf(qkv, unit, N, heads, d);
    const int64_t out = ((unit / heads) * N * heads + unit % heads) * d;  // of the head in y and dy
    const int64_t block = kQueries * deep;
    float* keysAcross = Scratch(2 * d * wide + 3 * N * deep + 3 * block + 2 * kQueries * wide + kQueries);
    float* valuesAcross = keysAcross + d * wide;
    float* keys = valuesAcross + d * wide;
    float* dKeys = keys + N * deep;
    float* dValues = dKeys + N * deep;
    float* queries = dValues + N * deep;
    float* slopes = queries + block;
    float* dQueries = slopes + block;
    float* weights = dQueries + block;
    float* dWeights = weights + kQueries * wide;
    float* inverse = dWeights + kQueries * wide;
    Transpose(head.k, head.stride, keysAcross, N, d);
    Transpose(head.v, head.stride, valuesAcross, N, d);
    Copy(head.k, head.stride, keys, N, d);
    std::fill(dKeys, dKeys + 2 * N * deep, 0.0f);
    float* dq = dqkv + (head.q - qkv);
    for (int64_t first = 0; first < N; first += kQueries) {
      const int64_t rows = std::min(kQueries, N - first);
      Copy(head.q + first * head.stride, head.stride, queries, rows, d, scale);
      Copy(dy + out + first * heads * d, heads * d, slopes, rows, d);
      Product({queries, deep, 1}, keysAcross, wide, weights, wide, rows, wide, d);
      Exponentials(weights, inverse, rows, N);
      Product({slopes, deep, 1}, valuesAcross, wide, dWeights, wide, rows, wide, d);
      for (int64_t r = 0; r < rows; r++) {
        // Of softmax: dS = w·(dW − Σⱼ dWⱼ·wⱼ), and that sum is dy·y.
        float along = 0;
        for (int64_t j = 0; j < d; j++) along += slopes[r * deep + j] * y[out + (first + r) * heads * d + j];
        for (int64_t n = 0; n < wide; n += kWidth) {
          const int64_t at = r * wide + n;
          const Floats weight = Load(weights + at) * inverse[r];
          Store(weights + at, weight);
          Store(dWeights + at, weight * (Load(dWeights + at) - along));
        }
      }
      Product({weights, 1, wide}, slopes, deep, dValues, deep, N, deep, rows, true);
      Product({dWeights, 1, wide}, queries, deep, dKeys, deep, N, deep, rows, true);
      Product({dWeights, wide, 1}, keys, deep, dQueries, deep, rows, deep, N);
      for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < d; j++) dq[(first + r) * head.stride + j] = dQueries[r * deep + j] * scale;
    }
    float *dk = dqkv + (head.k - qkv), *dv = dqkv + (head.v - qkv);
    for (int64_t n = 0; n < N; n++) {
      for (int64_t j = 0; j < d; j++) {
        dk[n * head.stride + j] = dKeys[n * deep + j];
        dv[n * head.stride + j] = dValues[n * deep + j];
      }
    }
  });
}

}  // namespace VE_VARIANT

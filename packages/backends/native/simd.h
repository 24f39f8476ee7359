// Vectors of floats as wide as the machine's, and the functions of them that the kernels need. These kernels are compiled
// for TensorFlow (tools/engines/kernels) and to WebAssembly (wasm.cc): they call nothing, keep nothing, and work on the
// part from..to of what they are given.
#pragma once

#if defined(__AVX512F__)
#define VE_WIDTH 16
#elif defined(__AVX__)
#define VE_WIDTH 8
#else
#define VE_WIDTH 4
#endif

namespace VE_VARIANT {

/** Sizes and indices: 32 bits in WebAssembly, 64 elsewhere. */
typedef long Index;

constexpr int kWidth = VE_WIDTH;
typedef float Floats __attribute__((vector_size(4 * VE_WIDTH)));
typedef int Ints __attribute__((vector_size(4 * VE_WIDTH)));
typedef float UnalignedFloats __attribute__((vector_size(4 * VE_WIDTH), aligned(4), may_alias));

inline Floats Load(const float* from) { return *reinterpret_cast<const UnalignedFloats*>(from); }
inline void Store(float* to, Floats x) { *reinterpret_cast<UnalignedFloats*>(to) = x; }
inline Floats All(float x) { return x - Floats{}; }

/** The first `count` values of a vector, the others 0. */
inline Floats LoadPart(const float* from, Index count) {
  Floats x = {};
  for (int i = 0; i < kWidth; i++)
    if (i < count) x[i] = from[i];
  return x;
}
inline void StorePart(float* to, Floats x, Index count) {
  for (int i = 0; i < kWidth; i++)
    if (i < count) to[i] = x[i];
}

/** a · b + c, rounded once where the machine can. */
inline Floats MultiplyAdd(Floats a, Floats b, Floats c) {
#if defined(__wasm_relaxed_simd__)
  return (Floats)__builtin_wasm_relaxed_madd_f32x4(a, b, c);
#else
  return a * b + c;
#endif
}

/** Calls `at(i, load, store)` for every vector along `from`..`to`, the last perhaps in part. */
template <typename At>
inline void Along(Index from, Index to, const At& at) {
  Index i = from;
  for (; i + kWidth <= to; i += kWidth)
    at(i, [](const float* p) { return Load(p); }, [](float* p, Floats x) { Store(p, x); });
  const Index rest = to - i;
  if (rest > 0)
    at(i, [=](const float* p) { return LoadPart(p, rest); }, [=](float* p, Floats x) { StorePart(p, x, rest); });
}

inline float Sum(Floats x) {
  float total = 0;
  for (int i = 0; i < kWidth; i++) total += x[i];
  return total;
}
/** The sum of `of(i, load)` over 0..length, where what is loaded beyond it counts as 0. */
template <typename Of>
inline float SumAlong(Index length, const Of& of) {
  Floats total = {};
  Index i = 0;
  for (; i + kWidth <= length; i += kWidth) total += of(i, [](const float* p) { return Load(p); });
  if (i < length) {
    const Index rest = length - i;
    const Floats last = of(i, [=](const float* p) { return LoadPart(p, rest); });
    for (int lane = 0; lane < kWidth; lane++)
      if (lane < rest) total[lane] += last[lane];
  }
  return Sum(total);
}

#if defined(__wasm_simd128__)
inline Floats Maximum(Floats x, Floats y) { return __builtin_wasm_pmax_f32x4(x, y); }
inline Floats Minimum(Floats x, Floats y) { return __builtin_wasm_pmin_f32x4(x, y); }
#else
inline Floats Maximum(Floats x, Floats y) { return x > y ? x : y; }
inline Floats Minimum(Floats x, Floats y) { return x < y ? x : y; }
#endif

inline Floats Root(Floats x) {
#if defined(__wasm_simd128__)
  return __builtin_wasm_sqrt_f32x4(x);
#else
  for (int i = 0; i < kWidth; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

/** e^x within 2e-7 of its value: 2^n by the exponent's bits, and a polynomial on ±ln 2 / 2 (Cephes' expf). */
inline Floats Exp(Floats x) {
  x = Minimum(Maximum(x, All(-87.3f)), All(88.3f));
  const Floats shifted = x * 1.44269504f + 12582912.0f;  // 1.5 · 2²³: the low bits are round(x / ln 2)
  const Floats n = shifted - 12582912.0f;
  const Floats r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Floats p = All(1.9875691500e-4f);
  p = MultiplyAdd(p, r, All(1.3981999507e-3f));
  p = MultiplyAdd(p, r, All(8.3334519073e-3f));
  p = MultiplyAdd(p, r, All(4.1665795894e-2f));
  p = MultiplyAdd(p, r, All(1.6666665459e-1f));
  p = MultiplyAdd(p, r, All(5.0000001201e-1f));
  p = p * (r * r) + r + 1.0f;
  return (Floats)((Ints)p + ((Ints)shifted << 23));
}

/** erf x within 3e-7, x clamped to ±4: the quotient of polynomials of Eigen's generic_fast_erf_float. */
inline Floats Erf(Floats x) {
  x = Minimum(Maximum(x, All(-4.0f)), All(4.0f));
  const Floats s = x * x;
  Floats p = All(-2.72614225801306e-10f);
  p = MultiplyAdd(p, s, All(2.77068142495902e-8f));
  p = MultiplyAdd(p, s, All(-2.10102402082508e-6f));
  p = MultiplyAdd(p, s, All(-5.69250639462346e-5f));
  p = MultiplyAdd(p, s, All(-7.34990630326855e-4f));
  p = MultiplyAdd(p, s, All(-2.95459980854025e-3f));
  p = MultiplyAdd(p, s, All(-1.60960333262415e-2f));
  Floats q = All(-1.45660718464996e-5f);
  q = MultiplyAdd(q, s, All(-2.13374055278905e-4f));
  q = MultiplyAdd(q, s, All(-1.68282697438203e-3f));
  q = MultiplyAdd(q, s, All(-7.37332916720468e-3f));
  q = MultiplyAdd(q, s, All(-1.42647390514189e-2f));
  return x * p / q;
}

inline Floats Sigmoid(Floats x) { return 1.0f / (1.0f + Exp(-x)); }

}  // namespace VE_VARIANT

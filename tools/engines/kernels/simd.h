// Vectors of floats as wide as the machine's, and the functions of them that the kernels need.
#pragma once
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__)
#define VE_WIDTH 16
#elif defined(__AVX__)
#define VE_WIDTH 8
#else
#define VE_WIDTH 4
#endif

namespace VE_VARIANT {

constexpr int kWidth = VE_WIDTH;
typedef float Floats __attribute__((vector_size(4 * VE_WIDTH)));
typedef int32_t Ints __attribute__((vector_size(4 * VE_WIDTH)));
typedef float UnalignedFloats __attribute__((vector_size(4 * VE_WIDTH), aligned(4), may_alias));

inline Floats Load(const float* from) { return *reinterpret_cast<const UnalignedFloats*>(from); }
inline void Store(float* to, Floats x) { *reinterpret_cast<UnalignedFloats*>(to) = x; }
inline Floats All(float x) { return x - Floats{}; }

/** The first `count` values of a vector, the others 0. */
inline Floats LoadPart(const float* from, int64_t count) {
  Floats x = {};
  std::memcpy(&x, from, count * sizeof(float));
  return x;
}
inline void StorePart(float* to, Floats x, int64_t count) { std::memcpy(to, &x, count * sizeof(float)); }

inline float Sum(Floats x) {
  float total = 0;
  for (int i = 0; i < kWidth; i++) total += x[i];
  return total;
}
inline Floats Maximum(Floats x, Floats y) { return x > y ? x : y; }
inline Floats Minimum(Floats x, Floats y) { return x < y ? x : y; }

/** e^x within 2e-7 of its value: 2^n by the exponent's bits, and a polynomial on ±ln 2 / 2 (Cephes' expf). */
inline Floats Exp(Floats x) {
  x = Minimum(Maximum(x, All(-87.3f)), All(88.3f));
  const Floats shifted = x * 1.44269504f + 12582912.0f;  // 1.5 · 2²³: the low bits are round(x / ln 2)
  const Floats n = shifted - 12582912.0f;
  const Floats r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Floats p = All(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return (Floats)((Ints)p + ((Ints)shifted << 23));
}

/** erf x within 3e-7, x clamped to ±4: the quotient of polynomials of Eigen's generic_fast_erf_float. */
inline Floats Erf(Floats x) {
  x = Minimum(Maximum(x, All(-4.0f)), All(4.0f));
  const Floats s = x * x;
  Floats p = All(-2.72614225801306e-10f);
  p = p * s + 2.77068142495902e-8f;
  p = p * s + -2.10102402082508e-6f;
  p = p * s + -5.69250639462346e-5f;
  p = p * s + -7.34990630326855e-4f;
  p = p * s + -2.95459980854025e-3f;
  p = p * s + -1.60960333262415e-2f;
  Floats q = All(-1.45660718464996e-5f);
  q = q * s + -2.13374055278905e-4f;
  q = q * s + -1.68282697438203e-3f;
  q = q * s + -7.37332916720468e-3f;
  q = q * s + -1.42647390514189e-2f;
  return x * p / q;
}

inline Floats Sigmoid(Floats x) { return 1.0f / (1.0f + Exp(-x)); }

}  // namespace VE_VARIANT

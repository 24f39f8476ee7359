// The kernels that @visual-echoes/core's operations ask an engine for, over all threads. variant.cc is compiled once for
// each instruction set, in a namespace of its own; register.cc takes the best that the machine has.
#pragma once
#include <cstdint>

#define VE_KERNELS                                                                                                   \
  /** x [M, D] → y. */                                                                                               \
  void LayerNorm(const float* x, const float* weight, const float* bias, float* y, int64_t M, int64_t D,             \
                 float epsilon);                                                                                     \
  /** dx [M, D], dWeight [D], dBias [D]. */                                                                          \
  void LayerNormGrad(const float* x, const float* weight, const float* dy, float* dx, float* dWeight, float* dBias,  \
                     int64_t M, int64_t D, float epsilon);                                                           \
  /** x [B, P, C], P pixels → y, and swish after it. */                                                              \
  void GroupNorm(const float* x, const float* weight, const float* bias, float* y, int64_t B, int64_t P, int64_t C,  \
                 int64_t groups, float epsilon, bool swish);                                                         \
  void GroupNormGrad(const float* x, const float* weight, const float* bias, const float* dy, float* dx,             \
                     float* dWeight, float* dBias, int64_t B, int64_t P, int64_t C, int64_t groups, float epsilon,   \
                     bool swish);                                                                                    \
  /** x [M, D] + bias [D], and exact GELU after it where wanted. */                                                  \
  void BiasGelu(const float* x, const float* bias, float* y, int64_t M, int64_t D, bool gelu);                       \
  void Gelu(const float* x, float* y, int64_t size);                                                                 \
  void GeluGrad(const float* x, const float* dy, float* dx, int64_t size);                                           \
  /** qkv [B, N, 3·heads·d] → y [B, N, heads·d]. */                                                                  \
  void SelfAttention(const float* qkv, float* y, int64_t B, int64_t N, int64_t heads, int64_t d);                    \
  void SelfAttentionGrad(const float* qkv, const float* y, const float* dy, float* dqkv, int64_t B, int64_t N,       \
                         int64_t heads, int64_t d);                                                                  \
  /** settings: β1, β2, step size, ε, and what decay leaves of the weight. */                                        \
  void AdamW(const float* weight, const float* first, const float* second, const float* gradient,                    \
             const float* settings, float* newWeight, float* newFirst, float* newSecond, int64_t size);

namespace base {
VE_KERNELS
}
namespace avx2 {
VE_KERNELS
}
namespace avx512 {
VE_KERNELS
}

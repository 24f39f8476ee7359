// Registers the kernels with TensorFlow as the operations VisualEchoes>…, on the CPU.
#include <tensorflow/c/kernels.h>
#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "kernels.h"

namespace {

/** The kernels of the best instruction set that the machine has. */
#if defined(__x86_64__)
#define VE_BEST(name) (kBest == 2 ? avx512::name : kBest == 1 ? avx2::name : base::name)
int BestInstructionSet() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("x86-64-v4") ? 2 : __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
}
const int kBest = BestInstructionSet();
#else
#define VE_BEST(name) base::name
#endif

/** A tensor of the call, freed with it. */
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(Tensor&& other) : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  Tensor(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_) TF_DeleteTensor(tensor_);
  }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  int64_t dim(int i) const { return TF_Dim(tensor_, i); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dims(TF_NumDims(tensor_));
    for (size_t i = 0; i < dims.size(); i++) dims[i] = dim(i);
    return dims;
  }

 private:
  TF_Tensor* tensor_ = nullptr;
};

/** The attributes that any of the operations has. */
struct Attributes {
  float epsilon = 0;
  int64_t groups = 1, heads = 1;
  unsigned char swish = 0, gelu = 0;
};

class Call {
 public:
  Call(TF_OpKernelContext* context, const Attributes& attributes)
      : attributes(attributes), context_(context), status_(TF_NewStatus()) {
    for (int i = 0; i < TF_NumInputs(context); i++) {
      TF_Tensor* input = nullptr;
      TF_GetInput(context, i, &input, status_);
      inputs_.emplace_back(input);
    }
  }
  ~Call() {
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }
  const Tensor& operator[](int i) const { return inputs_[i]; }

  /** Whether inputs of these ranks came (0 for any); where not, the call fails. */
  bool Ranks(std::initializer_list<size_t> ranks) {
    int i = 0;
    for (size_t rank : ranks) {
      if (rank && inputs_[i].shape().size() != rank) return Refuse("an input has another rank than it must");
      i++;
    }
    return true;
  }

  /** Whether sizes agree; where not, the call fails. */
  bool Agree(std::initializer_list<std::pair<int64_t, int64_t>> sizes) {
    for (const auto& [one, other] : sizes)
      if (one != other) return Refuse("the shapes of the inputs do not fit together");
    return true;
  }

  /** A new output; null where there is no memory for it, which the call then reports. */
  float* Output(int index, const std::vector<int64_t>& shape) {
    int64_t size = 1;
    for (int64_t n : shape) size *= n;
    outputs_.emplace_back(TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), shape.size(),
                                            size * sizeof(float), status_));
    return TF_GetCode(status_) == TF_OK ? outputs_.back().data() : nullptr;
  }

  const Attributes& attributes;

 private:
  bool Refuse(const char* why) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, why);
    return false;
  }

  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<Tensor> inputs_, outputs_;
};

using Compute = void (*)(Call& call);

struct Operation {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  Compute compute;
};

void LayerNorm(Call& call) {
  if (!call.Ranks({2, 1, 1})) return;
  const int64_t M = call[0].dim(0), D = call[0].dim(1);
  if (!call.Agree({{call[1].size(), D}, {call[2].size(), D}})) return;
  if (float* y = call.Output(0, {M, D}))
    VE_BEST(LayerNorm)(call[0].data(), call[1].data(), call[2].data(), y, M, D, call.attributes.epsilon);
}

void LayerNormGrad(Call& call) {
  if (!call.Ranks({2, 1, 2})) return;
  const int64_t M = call[0].dim(0), D = call[0].dim(1);
  if (!call.Agree({{call[1].size(), D}, {call[2].size(), M * D}})) return;
  float *dx = call.Output(0, {M, D}), *dWeight = call.Output(1, {D}), *dBias = call.Output(2, {D});
  if (dx && dWeight && dBias)
    VE_BEST(LayerNormGrad)(call[0].data(), call[1].data(), call[2].data(), dx, dWeight, dBias, M, D,
                           call.attributes.epsilon);
}

/** The sizes of a group normalization: samples, pixels, channels. */
struct Pictures {
  int64_t samples, pixels, channels;
};

bool PicturesOf(Call& call, Pictures& sizes) {
  const Tensor& x = call[0];
  if (!call.Ranks({4, 1, 1})) return false;
  sizes = {x.dim(0), x.dim(1) * x.dim(2), x.dim(3)};
  const int64_t groups = call.attributes.groups;
  return call.Agree({{call[1].size(), sizes.channels},
                     {call[2].size(), sizes.channels},
                     {groups > 0 ? sizes.channels % groups : 1, 0}});
}

void GroupNorm(Call& call) {
  const Tensor& x = call[0];
  const Attributes& with = call.attributes;
  Pictures of;
  if (!PicturesOf(call, of)) return;
  if (float* y = call.Output(0, x.shape()))
    VE_BEST(GroupNorm)(x.data(), call[1].data(), call[2].data(), y, of.samples, of.pixels, of.channels, with.groups,
                       with.epsilon, with.swish);
}

void GroupNormGrad(Call& call) {
  const Tensor& x = call[0];
  const Attributes& with = call.attributes;
  Pictures of;
  if (!PicturesOf(call, of) || !call.Agree({{call[3].size(), x.size()}})) return;
  float* dx = call.Output(0, x.shape());
  float *dWeight = call.Output(1, {of.channels}), *dBias = call.Output(2, {of.channels});
  if (dx && dWeight && dBias)
    VE_BEST(GroupNormGrad)(x.data(), call[1].data(), call[2].data(), call[3].data(), dx, dWeight, dBias, of.samples,
                           of.pixels, of.channels, with.groups, with.epsilon, with.swish);
}

void BiasGelu(Call& call) {
  if (!call.Ranks({2, 1})) return;
  const int64_t M = call[0].dim(0), D = call[0].dim(1);
  if (!call.Agree({{call[1].size(), D}})) return;
  if (float* y = call.Output(0, {M, D}))
    VE_BEST(BiasGelu)(call[0].data(), call[1].data(), y, M, D, call.attributes.gelu);
}

void Gelu(Call& call) {
  if (float* y = call.Output(0, call[0].shape()))
    VE_BEST(Gelu)(call[0].data(), y, call[0].size());
}

void GeluGrad(Call& call) {
  if (!call.Agree({{call[1].size(), call[0].size()}})) return;
  if (float* dx = call.Output(0, call[0].shape()))
    VE_BEST(GeluGrad)(call[0].data(), call[1].data(), dx, call[0].size());
}

void SelfAttention(Call& call) {
  if (!call.Ranks({3})) return;
  const int64_t batch = call[0].dim(0), length = call[0].dim(1), heads = call.attributes.heads;
  const int64_t size = heads > 0 ? call[0].dim(2) / 3 / heads : 0;
  if (!call.Agree({{3 * heads * size, call[0].dim(2)}})) return;
  if (float* y = call.Output(0, {batch, length, heads * size}))
    VE_BEST(SelfAttention)(call[0].data(), y, batch, length, heads, size);
}

void SelfAttentionGrad(Call& call) {
  if (!call.Ranks({3, 3, 3})) return;
  const int64_t batch = call[0].dim(0), length = call[0].dim(1), heads = call.attributes.heads;
  const int64_t size = heads > 0 ? call[1].dim(2) / heads : 0;
  const int64_t outputs = batch * length * heads * size;
  if (!call.Agree({{3 * outputs, call[0].size()}, {outputs, call[1].size()}, {outputs, call[2].size()}})) return;
  if (float* dqkv = call.Output(0, call[0].shape()))
    VE_BEST(SelfAttentionGrad)(call[0].data(), call[1].data(), call[2].data(), dqkv, batch, length, heads, size);
}

void AdamW(Call& call) {
  const int64_t size = call[0].size();
  if (!call.Agree({{call[1].size(), size}, {call[2].size(), size}, {call[3].size(), size}, {call[4].size(), 5}})) return;
  const std::vector<int64_t> shape = call[0].shape();
  float *weight = call.Output(0, shape), *first = call.Output(1, shape), *second = call.Output(2, shape);
  if (weight && first && second)
    VE_BEST(AdamW)(call[0].data(), call[1].data(), call[2].data(), call[3].data(), call[4].data(), weight, first,
                   second, size);
}

const std::vector<Operation>& Operations() {
  static const auto* operations = new std::vector<Operation>{
      {"LayerNorm", {"x", "weight", "bias"}, {"y"}, {"epsilon: float"}, LayerNorm},
      {"LayerNormGrad", {"x", "weight", "dy"}, {"dx", "d_weight", "d_bias"}, {"epsilon: float"}, LayerNormGrad},
      {"GroupNorm", {"x", "weight", "bias"}, {"y"}, {"groups: int", "epsilon: float", "swish: bool"}, GroupNorm},
      {"GroupNormGrad",
       {"x", "weight", "bias", "dy"},
       {"dx", "d_weight", "d_bias"},
       {"groups: int", "epsilon: float", "swish: bool"},
       GroupNormGrad},
      {"BiasGelu", {"x", "bias"}, {"y"}, {"gelu: bool"}, BiasGelu},
      {"Gelu", {"x"}, {"y"}, {}, Gelu},
      {"GeluGrad", {"x", "dy"}, {"dx"}, {}, GeluGrad},
      {"SelfAttention", {"qkv"}, {"y"}, {"heads: int"}, SelfAttention},
      {"SelfAttentionGrad", {"qkv", "y", "dy"}, {"dqkv"}, {"heads: int"}, SelfAttentionGrad},
      {"AdamW",
       {"weight", "first", "second", "gradient", "settings"},
       {"new_weight", "new_first", "new_second"},
       {},
       AdamW},
  };
  return *operations;
}

/** An operation and its attributes, as TensorFlow keeps it for each different use. */
struct Kernel {
  Compute compute;
  Attributes attributes;
};

void* CreateKernel(const Operation& operation, TF_OpKernelConstruction* construction) {
  auto* kernel = new Kernel{operation.compute, {}};
  TF_Status* status = TF_NewStatus();
  for (const std::string attribute : operation.attributes) {
    const std::string name = attribute.substr(0, attribute.find(':'));
    Attributes& to = kernel->attributes;
    if (name == "epsilon") TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &to.epsilon, status);
    if (name == "groups") TF_OpKernelConstruction_GetAttrInt64(construction, "groups", &to.groups, status);
    if (name == "heads") TF_OpKernelConstruction_GetAttrInt64(construction, "heads", &to.heads, status);
    if (name == "swish") TF_OpKernelConstruction_GetAttrBool(construction, "swish", &to.swish, status);
    if (name == "gelu") TF_OpKernelConstruction_GetAttrBool(construction, "gelu", &to.gelu, status);
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return kernel;
}

/** TensorFlow takes plain functions, so that each operation has one of its own. */
template <int index>
void* CreateNth(TF_OpKernelConstruction* construction) {
  return CreateKernel(Operations()[index], construction);
}

void RunKernel(void* kernel, TF_OpKernelContext* context) {
  const auto& [compute, attributes] = *static_cast<Kernel*>(kernel);
  Call call(context, attributes);
  compute(call);
}

void DeleteKernel(void* kernel) { delete static_cast<Kernel*>(kernel); }

template <int index>
bool Register() {
  if constexpr (index == 10) {
    return true;
  } else {
    const Operation& operation = Operations()[index];
    const std::string name = std::string("VisualEchoes>") + operation.name;
    TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name.c_str());
    for (const std::string input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, (input + ": float").c_str());
    for (const std::string output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, (output + ": float").c_str());
    for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
    TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
    TF_Status* status = TF_NewStatus();
    TF_RegisterOpDefinition(definition, status);
    if (TF_GetCode(status) == TF_OK) {
      TF_KernelBuilder* builder = TF_NewKernelBuilder(name.c_str(), "CPU", CreateNth<index>, RunKernel, DeleteKernel);
      TF_RegisterKernelBuilder(name.c_str(), builder, status);
    }
    const bool good = TF_GetCode(status) == TF_OK;
    TF_DeleteStatus(status);
    return Register<index + 1>() && good;
  }
}

}  // namespace

/** Registers all operations, once; whether TensorFlow took them. */
extern "C" __attribute__((visibility("default"))) bool RegisterVisualEchoesKernels() { return Register<0>(); }

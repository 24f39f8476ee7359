// The module that tfjs-node loads as tfjs_binding.node. It loads the real one, tfjs_binding_tensorflow.node, from its
// own folder and hands over to it, with our kernels registered. TensorFlow 2.2x writes to stderr while its libraries are being loaded, before it
// reads TF_CPP_MIN_LOG_LEVEL; where that variable asks for quiet, stderr is closed for just that moment.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void* LoadQuietly(const char* path, bool quiet) {
  int saved = -1;
  if (quiet) {
    fflush(stderr);
    saved = dup(STDERR_FILENO);
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
      dup2(nowhere, STDERR_FILENO);
      close(nowhere);
    }
  }
  void* library = dlopen(path, RTLD_LAZY);
  if (saved >= 0) {
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
  }
  return library;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) napi_value
napi_register_module_v1(napi_env env, napi_value exports) {
  Dl_info self;
  dladdr(reinterpret_cast<void*>(&napi_register_module_v1), &self);
  const std::string path = self.dli_fname;
  const std::string real = path.substr(0, path.rfind('/') + 1) + "tfjs_binding_tensorflow.node";

  const char* level = getenv("TF_CPP_MIN_LOG_LEVEL");
  void* library = LoadQuietly(real.c_str(), level != nullptr && atoi(level) > 0);
  if (library == nullptr) {
    napi_throw_error(env, nullptr, dlerror());
    return nullptr;
  }
  using Register = napi_value (*)(napi_env, napi_value);
  auto register_module = reinterpret_cast<Register>(dlsym(library, "napi_register_module_v1"));
  if (register_module == nullptr) {
    napi_throw_error(env, nullptr, "tfjs_binding_tensorflow.node is not a Node-API module");
    return nullptr;
  }
  napi_value module = register_module(env, exports);
  using Kernels = bool (*)();
  auto register_kernels = reinterpret_cast<Kernels>(dlsym(library, "RegisterVisualEchoesKernels"));
  if (module != nullptr && register_kernels != nullptr) {
    napi_value registered;
    napi_get_boolean(env, register_kernels(), &registered);
    napi_set_named_property(env, module, "visualEchoesKernels", registered);
  }
  return module;
}

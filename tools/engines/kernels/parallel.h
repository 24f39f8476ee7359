// Loops over the machine's cores.
#pragma once
#include <cstdint>
#include <functional>

/**
 * Calls `work(i)` for every i below `count`, each once, on as many threads as TensorFlow has for an operation
 * (TF_NUM_INTRAOP_THREADS, or all cores). What i computes must not depend on the thread, so that results do not either.
 */
void Parallel(int64_t count, const std::function<void(int64_t)>& work);

/** Threads that share the work, the caller among them. */
int Threads();

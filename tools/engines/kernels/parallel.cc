#include "parallel.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace {

/** How long a thread looks for more work before it sleeps: the time from one operation to the next, and some. */
constexpr std::chrono::microseconds kPatience(200);

/** Tells the processor that this is a loop of waiting. */
inline void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/** Looks again and again whether something holds, for a while. */
template <typename Holds>
bool Await(const Holds& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  do {
    for (int i = 0; i < 64; i++) {
      if (holds()) return true;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return holds();
}

class Pool {
 public:
  Pool() {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    int threads = wanted ? std::atoi(wanted) : 0;
    if (threads < 1) threads = std::thread::hardware_concurrency();
    for (int i = 1; i < threads; i++) threads_.emplace_back([this] { Serve(); });
  }

  void Run(int64_t count, const std::function<void(int64_t)>& work) {
    std::unique_lock<std::mutex> alone(turn_, std::try_to_lock);
    // A second operation at the same time, or a small one, is run where it is asked for.
    if (!alone || threads_.empty() || count == 1) {
      for (int64_t i = 0; i < count; i++) work(i);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      count_ = count;
      next_ = 0;
      busy_ = static_cast<int>(threads_.size());
      round_++;
    }
    wake_.notify_all();
    Take(work, count);
    if (Await([this] { return busy_ == 0; })) return;
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }

  int threads() const { return static_cast<int>(threads_.size()) + 1; }

  /** Ends the threads: none may look for work while the program is taken down. */
  void Stop() {
    std::lock_guard<std::mutex> alone(turn_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
      round_++;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void Take(const std::function<void(int64_t)>& work, int64_t count) {
    for (int64_t i; (i = next_.fetch_add(1)) < count;) work(i);
  }

  void Serve() {
    for (int64_t seen = 0;;) {
      Await([&] { return round_ != seen; });
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return round_ != seen; });
      if (stopped_) return;
      seen = round_;
      const auto* work = work_;
      const int64_t count = count_;
      lock.unlock();
      Take(*work, count);
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable wake_, done_;
  std::atomic<int64_t> next_{0}, round_{0};
  std::atomic<int> busy_{0};
  const std::function<void(int64_t)>* work_ = nullptr;
  int64_t count_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

/** All operations'; never destroyed, since what runs while the program ends may still ask for it. */
Pool& Shared() {
  static Pool* pool = new Pool;
  return *pool;
}

}  // namespace

void Parallel(int64_t count, const std::function<void(int64_t)>& work) {
  static const int atEnd = std::atexit([] { Shared().Stop(); });
  (void)atEnd;
  Shared().Run(count, work);
}

int Threads() { return Shared().threads(); }

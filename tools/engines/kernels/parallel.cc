#include "parallel.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace {

class Pool {
 public:
  Pool() {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    int threads = wanted ? std::atoi(wanted) : 0;
    if (threads < 1) threads = std::thread::hardware_concurrency();
    for (int i = 1; i < threads; i++) std::thread([this] { Serve(); }).detach();
    others_ = threads - 1;
  }

  void Run(int64_t count, const std::function<void(int64_t)>& work) {
    std::unique_lock<std::mutex> alone(turn_, std::try_to_lock);
    // A second operation at the same time, or a small one, is run where it is asked for.
    if (!alone || others_ == 0 || count == 1) {
      for (int64_t i = 0; i < count; i++) work(i);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      count_ = count;
      next_ = 0;
      busy_ = others_;
      round_++;
    }
    wake_.notify_all();
    Take(work, count);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }

 private:
  void Take(const std::function<void(int64_t)>& work, int64_t count) {
    for (int64_t i; (i = next_.fetch_add(1)) < count;) work(i);
  }

  void Serve() {
    int64_t seen = 0;
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return round_ != seen; });
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
  std::atomic<int64_t> next_{0};
  const std::function<void(int64_t)>* work_ = nullptr;
  int64_t count_ = 0, round_ = 0;
  int others_ = 0, busy_ = 0;
};

}  // namespace

void Parallel(int64_t count, const std::function<void(int64_t)>& work) {
  static Pool* pool = new Pool;  // never destroyed: its threads may outlive main
  pool->Run(count, work);
}

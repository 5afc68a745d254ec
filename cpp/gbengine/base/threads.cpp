#include "gbengine/base/threads.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include "gbengine/base/error.hpp"

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace gbengine {
namespace {

std::atomic<bool> g_forked_child{false};

#if defined(__unix__) || defined(__APPLE__)
// Registered when the library is loaded: OpenMP's worker threads do not survive a fork, and a
// parallel region in the child would wait for them for ever.
[[maybe_unused]] const int kForkHandler =
    pthread_atfork(nullptr, nullptr, [] { g_forked_child.store(true); });
#endif

int affinity_cores() {
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

/// CPUs' worth of quota at one cgroup folder; no limit gives the largest int.
int quota_cores(const std::string& v2_folder, const std::string& v1_folder) {
  double quota = -1, period = -1;
  std::ifstream v2(v2_folder + "/cpu.max");
  std::string word;
  if (v2 >> word >> period) {
    if (word != "max") quota = std::atof(word.c_str());
  } else {
    std::ifstream(v1_folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(v1_folder + "/cpu.cfs_period_us") >> period;
  }
  if (quota <= 0 || period <= 0) return std::numeric_limits<int>::max();
  return std::max(1, static_cast<int>(std::min(1e6, std::ceil(quota / period))));
}

/// The tightest quota of this process's cgroup and the groups above it.
int cgroup_cores() {
  int cores = quota_cores("/sys/fs/cgroup", "/sys/fs/cgroup/cpu");
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    for (std::string path = line.substr(second + 1); path.size() > 1;
         path.resize(std::max<std::size_t>(path.rfind('/'), 1)))
      cores = std::min(cores, quota_cores("/sys/fs/cgroup" + path, "/sys/fs/cgroup/cpu" + path));
  }
  return cores;
}

}  // namespace

bool is_forked_child() {
  return g_forked_child.load(std::memory_order_relaxed);
}

int usable_threads() {
  if (is_forked_child()) return 1;
  return std::max(1, std::min({affinity_cores(), cgroup_cores(), omp_get_max_threads()}));
}

int threads_of_n_jobs(int n_jobs) {
  if (n_jobs == 0) throw ValueError("n_jobs must not be 0: a positive count, or -1 for all cores");
  if (n_jobs > 0) return std::min(n_jobs, kMaxThreads);
  return std::max(1, usable_threads() + 1 + n_jobs);
}

}  // namespace gbengine

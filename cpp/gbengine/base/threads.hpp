// How many threads a call should use when the user does not say.
#pragma once

namespace gbengine {

/// More threads than this are never started, whatever n_jobs says.
inline constexpr int kMaxThreads = 1024;

/// Cores this process may use now: the CPU affinity mask, cut to the cgroup's CPU quota (v1 and
/// v2, rounded up), cut to what OpenMP was told (OMP_NUM_THREADS, omp_set_num_threads). At least 1.
int usable_threads();

/// scikit-learn's n_jobs to a thread count: n > 0 is n; -1 is all usable; -2 all but one, …
/// Throws ValueError for 0.
int threads_of_n_jobs(int n_jobs);

/// True in a child made by fork after this library was loaded: OpenMP must not be used there.
bool is_forked_child();

}  // namespace gbengine

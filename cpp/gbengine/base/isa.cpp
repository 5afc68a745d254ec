#include "gbengine/base/isa.hpp"

#include <atomic>
#include <cstdlib>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

// The only mutable global of the project, with the dispatch table that follows it. -1: not chosen
// yet.
std::atomic<int> g_isa{-1};

bool machine_has(Isa isa) {
  switch (isa) {
    case Isa::kScalar:
      return true;
#if defined(__x86_64__)
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    case Isa::kAvx512:
      return machine_has(Isa::kAvx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
#endif
    default:
      return false;
  }
}

Isa isa_of_name(std::string_view name, const char* who) {
  std::string allowed;
  for (Isa isa : usable_isas()) {
    if (isa_name(isa) == name) return isa;
    allowed += (allowed.empty() ? "" : ", ") + std::string(isa_name(isa));
  }
  throw ValueError(std::string(who) + " is '" + std::string(name) +
                   "'; this machine and build can run: " + allowed);
}

Isa initial_isa() {
  const char* forced = std::getenv("GBENGINE_ISA");
  if (forced != nullptr && *forced != '\0') return isa_of_name(forced, "GBENGINE_ISA");
  return usable_isas().back();
}

}  // namespace

std::string_view isa_name(Isa isa) {
  static constexpr std::string_view kNames[] = {"scalar", "avx2", "avx512"};
  return kNames[static_cast<int>(isa)];
}

std::vector<Isa> usable_isas() {
  std::vector<Isa> isas;
  for (Isa isa : {Isa::kScalar, Isa::kAvx2, Isa::kAvx512})
    if (machine_has(isa)) isas.push_back(isa);
  return isas;
}

Isa isa_in_use() {
  int isa = g_isa.load(std::memory_order_relaxed);
  if (isa < 0) {
    isa = static_cast<int>(initial_isa());
    g_isa.store(isa, std::memory_order_relaxed);
  }
  return static_cast<Isa>(isa);
}

void force_isa(std::string_view name) {
  const Isa isa = name.empty() ? usable_isas().back() : isa_of_name(name, "isa");
  g_isa.store(static_cast<int>(isa), std::memory_order_relaxed);
}

}  // namespace gbengine

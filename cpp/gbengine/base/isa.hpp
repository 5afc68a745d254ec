// Which instruction set the hot loops run on: the best the machine has, unless one is forced.
//
// The kernels' dispatch table (kernel/kernels.hpp) reads this. GBENGINE_ISA=scalar|avx2|avx512
// forces one from outside; force_isa() does so from a test. All of them give equal bits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gbengine {

enum class Isa { kScalar = 0, kAvx2 = 1, kAvx512 = 2 };

std::string_view isa_name(Isa isa);

/// From least to best; never empty, the first is kScalar.
std::vector<Isa> usable_isas();

/// The instruction set in force. Throws ValueError if GBENGINE_ISA names one this machine lacks.
Isa isa_in_use();

/// Forces an instruction set by name ("" returns to the best). Throws ValueError if it cannot run
/// here. Not to be called while another thread trains or predicts.
void force_isa(std::string_view name);

}  // namespace gbengine

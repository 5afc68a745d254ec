// Included once by each isa_<name>.cpp, which sets GBENGINE_ISA_NAMESPACE and is compiled with that
// instruction set's flags. Nothing here may use a non-trivial inline function of a shared header:
// the linker would keep one copy of it, maybe the one that only newer machines can run.

#include "gbengine/kernel/binning.inl.hpp"
#include "gbengine/kernel/bit_vector.inl.hpp"
#include "gbengine/kernel/column_screen.inl.hpp"
#include "gbengine/kernel/cuts.inl.hpp"
#include "gbengine/kernel/fixed_point.inl.hpp"
#include "gbengine/kernel/gradients.inl.hpp"
#include "gbengine/kernel/histogram.inl.hpp"
#include "gbengine/kernel/kernels.hpp"
#include "gbengine/kernel/math.inl.hpp"
#include "gbengine/kernel/partition.inl.hpp"
#include "gbengine/kernel/split_scan.inl.hpp"
#include "gbengine/kernel/vector_histogram.inl.hpp"
#include "gbengine/kernel/vector_scan.inl.hpp"
#include "gbengine/kernel/walk.inl.hpp"

namespace gbengine::GBENGINE_ISA_NAMESPACE {

extern const KernelTable kTable;
const KernelTable kTable{
    kMathKernels,         kFixedPointKernels, kHistogramKernels, kSplitScanKernels,
    kColumnScreenKernels, kPartitionKernels,  kGradientKernels,  kBinningKernels,
    kBitVectorKernels,    kWalkKernels,       kCutKernels,       kVectorHistogramKernels,
    kVectorScanKernels,
};

}  // namespace gbengine::GBENGINE_ISA_NAMESPACE

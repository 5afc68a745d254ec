// The dispatch table: every hot loop, for the instruction set in force.
//
// Each topic has a header (its argument structs and function pointers), and a generic source
// (<topic>.inl.hpp) that isa_<name>.cpp compiles once for each instruction set. Kernels take plain
// pointers, allocate nothing and throw nothing. Example:
//   kernels().math.exp(x, out, n);
#pragma once

#include "gbengine/kernel/binning.hpp"
#include "gbengine/kernel/bit_vector.hpp"
#include "gbengine/kernel/column_screen.hpp"
#include "gbengine/kernel/cuts.hpp"
#include "gbengine/kernel/fixed_point.hpp"
#include "gbengine/kernel/gradients.hpp"
#include "gbengine/kernel/histogram.hpp"
#include "gbengine/kernel/math.hpp"
#include "gbengine/kernel/partition.hpp"
#include "gbengine/kernel/split_scan.hpp"
#include "gbengine/kernel/vector_histogram.hpp"
#include "gbengine/kernel/vector_scan.hpp"
#include "gbengine/kernel/walk.hpp"

namespace gbengine {

struct KernelTable {
  MathKernels math;
  FixedPointKernels fixed_point;
  HistogramKernels histogram;
  SplitScanKernels split_scan;
  ColumnScreenKernels column_screen;
  PartitionKernels partition;
  GradientKernels gradients;
  BinningKernels binning;
  BitVectorKernels bit_vector;
  WalkKernels walk;
  CutKernels cuts;
  VectorHistogramKernels vector_histogram;
  VectorScanKernels vector_scan;
};

/// The table of the instruction set in force (base/isa.hpp).
const KernelTable& kernels();

}  // namespace gbengine

#include "gbengine/kernel/kernels.hpp"

#include "gbengine/base/isa.hpp"

namespace gbengine {

namespace isa_scalar {
extern const KernelTable kTable;
}
#if defined(__x86_64__)
namespace isa_avx2 {
extern const KernelTable kTable;
}
namespace isa_avx512 {
extern const KernelTable kTable;
}
#endif

const KernelTable& kernels() {
  switch (isa_in_use()) {
#if defined(__x86_64__)
    case Isa::kAvx2:
      return isa_avx2::kTable;
    case Isa::kAvx512:
      return isa_avx512::kTable;
#endif
    default:
      return isa_scalar::kTable;
  }
}

}  // namespace gbengine

#define GBENGINE_ISA_NAMESPACE isa_avx2
#include "gbengine/kernel/isa_body.inl.hpp"

#define GBENGINE_ISA_NAMESPACE isa_avx512
#include "gbengine/kernel/isa_body.inl.hpp"

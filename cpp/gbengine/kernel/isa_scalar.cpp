#define GBENGINE_ISA_NAMESPACE isa_scalar
#include "gbengine/kernel/isa_body.inl.hpp"

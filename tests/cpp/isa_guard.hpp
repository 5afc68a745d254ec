// Runs a check under each instruction set that this machine has. Used by every kernel's test.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "gbengine/base/isa.hpp"

/// Calls check() once per usable instruction set, and returns to the best one.
template <typename Check>
void for_each_isa(Check&& check) {
  for (gbengine::Isa isa : gbengine::usable_isas()) {
    const std::string name(gbengine::isa_name(isa));
    CAPTURE(name);
    gbengine::force_isa(name);
    check();
  }
  gbengine::force_isa("");
}

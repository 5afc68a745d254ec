#include "gbengine/model/link.hpp"

#include <iterator>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {
namespace {

constexpr std::string_view kNames[] = {"identity", "log", "logit", "softmax"};

}  // namespace

std::string_view link_name(Link link) {
  assert(static_cast<std::size_t>(link) < std::size(kNames));
  return kNames[static_cast<std::size_t>(link)];
}

Link link_of_name(std::string_view name) {
  std::string allowed;
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Link>(i);
    allowed += (i == 0 ? "" : ", ") + std::string(kNames[i]);
  }
  throw ValueError("link is '" + std::string(name) + "'; allowed are: " + allowed);
}

}  // namespace gbengine

#include "gbengine/api/model_arrays.hpp"

#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine {

void check_right_child(const EnsembleModel& model, std::span<const std::int32_t> right_child) {
  const std::vector<std::int32_t>& left_child = model.nodes.left_child;
  if (right_child.size() != left_child.size())
    throw ValueError("model: the length of right_child is " + std::to_string(right_child.size()) +
                     "; it must be that of left_child, " + std::to_string(left_child.size()));
  for (std::size_t i = 0; i < right_child.size(); ++i) {
    const std::int64_t wanted =
        left_child[i] == kNoChild ? kNoChild : std::int64_t{left_child[i]} + 1;
    if (right_child[i] != wanted)
      throw ValueError("model: right_child[" + std::to_string(i) + "] is " +
                       std::to_string(right_child[i]) + "; it must be " + std::to_string(wanted) +
                       " (behind the left child; -1 at a leaf)");
  }
}

}  // namespace gbengine

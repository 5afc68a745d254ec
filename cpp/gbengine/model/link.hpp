// Link: how a raw score becomes a prediction. A model stores its link, never its loss.
//
// Example: link_of_name("log") == Link::kLog; the prediction is exp(raw_score).
#pragma once

#include <cstdint>
#include <string_view>

namespace gbengine {

enum class Link : std::uint8_t {
  kIdentity,  // prediction = raw
  kLog,       // exp(raw)
  kLogit,     // two classes, one raw score: P(class 1) = 1 / (1 + exp(-raw))
  kSoftmax,   // K raw scores: P(class k) = exp(raw_k) / sum_j exp(raw_j)
};

std::string_view link_name(Link link);

/// Throws ValueError for an unknown name.
Link link_of_name(std::string_view name);

}  // namespace gbengine

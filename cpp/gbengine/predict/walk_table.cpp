#include "gbengine/predict/walk_table.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

#include "gbengine/predict/float_threshold.hpp"

namespace gbengine {
namespace {

/// Seven pairs of siblings, three levels, lie together in two cache lines: a walk that goes through
/// them waits twice, not three times.
constexpr int kPairsTogether = 7;
constexpr std::int64_t kNanosecondsPerNode = 8;

/// Where each node of a tree goes. Blocks of a few levels, each broadly; the blocks below one
/// follow it, the leftmost first. Siblings stay side by side. No recursion: trees may be chains.
class NodeOrder {
 public:
  const std::vector<std::int32_t>& place(const Tree& nodes, std::size_t begin, std::size_t end) {
    place_.assign(end - begin, 0);
    blocks_.assign(1, 0);
    std::int32_t next = 1;
    while (!blocks_.empty()) {
      queue_.assign(1, blocks_.back());
      blocks_.pop_back();
      std::size_t head = 0;
      for (int n_pairs = 0; head < queue_.size() && n_pairs < kPairsTogether; ++head) {
        const std::size_t node = begin + static_cast<std::size_t>(queue_[head]);
        if (nodes.feature[node] == kLeafFeature) continue;
        for (const std::int32_t child : {nodes.left_child[node], nodes.left_child[node] + 1}) {
          place_[static_cast<std::size_t>(child)] = next++;
          queue_.push_back(child);
        }
        ++n_pairs;
      }
      for (std::size_t i = queue_.size(); i-- > head;)
        if (nodes.feature[begin + static_cast<std::size_t>(queue_[i])] != kLeafFeature)
          blocks_.push_back(queue_[i]);
    }
    return place_;
  }

 private:
  std::vector<std::int32_t> place_;
  std::vector<std::int32_t> blocks_;  // roots of the blocks to come
  std::vector<std::int32_t> queue_;   // of the block at hand
};

static_assert(sizeof(CategorySet) == kWalkSetWords * sizeof(std::uint64_t));

/// Of a node's word; one more where it has to say whether there is a set.
int bits_for_features(const EnsembleModel& model) {
  return static_cast<int>(std::bit_width(static_cast<std::uint32_t>(model.n_features - 1))) +
         (model.nodes.category_sets.empty() ? 0 : 1);
}

int bits_for_nodes(const EnsembleModel& model) {
  std::int64_t largest = 1;
  for (std::size_t t = 0; t < model.tree_output.size(); ++t)
    largest = std::max(largest, model.tree_begin[t + 1] - model.tree_begin[t]);
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest - 1)));
}

template <typename Threshold, typename Word>
void pack_tree(const EnsembleModel& model, std::size_t begin, std::size_t end, int feature_bits,
               NodeOrder& order, WalkNode<Threshold, Word>* packed) {
  const Tree& nodes = model.nodes;
  const int set_bits = nodes.category_sets.empty() ? 0 : 1;
  constexpr int kTop = 8 * sizeof(Word) - 1;
  const std::vector<std::int32_t>& place = order.place(nodes, begin, end);
  for (std::size_t i = begin; i < end; ++i) {
    const std::int32_t to = place[i - begin];
    if (nodes.feature[i] == kLeafFeature) {
      packed[to] = {Threshold{0}, static_cast<Word>(Word{1} << kTop | static_cast<Word>(i - begin)
                                                                          << feature_bits)};
      continue;
    }
    const auto offset =
        static_cast<Word>(place[static_cast<std::size_t>(nodes.left_child[i])] - to);
    const Word missing_right = nodes.missing_goes_left[i] == 0 ? 1 : 0;
    const bool has_set = model.is_categorical(nodes.feature[i]);
    packed[to] = {has_set ? std::bit_cast<Threshold>(static_cast<Word>(nodes.threshold[i]))
                          : threshold_as<Threshold>(nodes.threshold[i]),
                  static_cast<Word>(missing_right << (kTop - 1) | offset << feature_bits |
                                    static_cast<Word>(nodes.feature[i]) << set_bits |
                                    static_cast<Word>(has_set ? 1 : 0))};
  }
}

}  // namespace

template <typename Node>
WalkTable<Node>::WalkTable(const Parallel& parallel, const EnsembleModel& model)
    : feature_bits_(bits_for_features(model)), nodes_(static_cast<std::size_t>(model.n_nodes())) {
  const Parallel threads = parallel.worth(model.n_nodes() * kNanosecondsPerNode);
  std::vector<NodeOrder> orders(static_cast<std::size_t>(threads.n_threads()));
  threads.for_each(model.n_trees(), [&](std::int64_t tree, int thread_idx) {
    const auto t = static_cast<std::size_t>(tree);
    const auto begin = static_cast<std::size_t>(model.tree_begin[t]);
    const auto end = static_cast<std::size_t>(model.tree_begin[t + 1]);
    pack_tree(model, begin, end, feature_bits_, orders[static_cast<std::size_t>(thread_idx)],
              nodes_.data() + begin);
  });
}

template <typename Node>
bool WalkTable<Node>::can_hold(const EnsembleModel& model) {
  constexpr int kWordBits = 8 * sizeof(Node::word);
  return 2 + bits_for_features(model) + bits_for_nodes(model) <= kWordBits &&
         model.nodes.category_sets.size() <= std::numeric_limits<decltype(Node::word)>::max();
}

template class WalkTable<NarrowWalkNode>;
template class WalkTable<WideWalkNode>;

}  // namespace gbengine

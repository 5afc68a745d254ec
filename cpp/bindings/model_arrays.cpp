#include "model_arrays.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "gbengine/base/error.hpp"

namespace gbengine::bindings {
namespace {

template <typename T>
void take_array(const py::dict& arrays, const char* name, std::vector<T>& to) {
  const py::object item = arrays[name];
  if (!py::isinstance<py::array_t<T>>(item) || py::array(item).ndim() != 1)
    throw ValueError(std::string("the model's array '") + name +
                     "' must have one dimension and type " +
                     py::str(py::dtype::of<T>()).cast<std::string>());
  const py::array_t<T, py::array::c_style> array(item);
  to.assign(array.data(), array.data() + array.size());
}

/// The array of category sets: kWords words a set.
void take_sets(const py::object& item, std::vector<CategorySet>& to) {
  if (!py::isinstance<py::array_t<std::uint64_t>>(item) || py::array(item).ndim() != 2 ||
      py::array(item).shape(1) != py::ssize_t{CategorySet::kWords})
    throw ValueError("the model's array 'category_sets' must have type uint64 and shape (n, " +
                     std::to_string(CategorySet::kWords) + ")");
  const py::array_t<std::uint64_t, py::array::c_style> array(item);
  to.resize(static_cast<std::size_t>(array.shape(0)));
  const std::uint64_t* words = array.data();
  for (CategorySet& set : to) {
    std::copy_n(words, CategorySet::kWords, set.words().begin());
    words += CategorySet::kWords;
  }
}

/// The arrays of a dictionary, each taken once: what is left over in the end is no array of ours.
class ArrayTaker {
 public:
  explicit ArrayTaker(const py::dict& arrays) : arrays_(arrays) {}

  template <typename T>
  void take(const char* name, std::vector<T>& to) {
    if (!take_if_there(name, to))
      throw ValueError(std::string("the model lacks the array '") + name + "'");
  }

  template <typename T>
  bool take_if_there(const char* name, std::vector<T>& to) {
    if (!arrays_.contains(name)) return false;
    take_array(arrays_, name, to);
    ++n_taken_;
    return true;
  }

  void take_sets_if_there(const char* name, std::vector<CategorySet>& to) {
    if (!arrays_.contains(name)) return;
    take_sets(arrays_[name], to);
    ++n_taken_;
  }

  /// An array of one number, in [1, 2^31).
  std::int32_t take_count(const char* name) {
    std::vector<std::int64_t> count;
    take(name, count);
    if (count.size() != 1 || count[0] < 1 || count[0] > INT32_MAX)
      throw ValueError(std::string("the model's array '") + name +
                       "' must hold one number in [1, 2^31)");
    return static_cast<std::int32_t>(count[0]);
  }

  void check_all_taken() const {
    if (arrays_.size() != n_taken_)
      throw ValueError("the model has " + std::to_string(arrays_.size()) + " arrays; " +
                       std::to_string(n_taken_) + " of them are known");
  }

 private:
  const py::dict& arrays_;
  std::size_t n_taken_ = 0;
};

/// One number as an array.
py::array_t<std::int64_t> count_array(std::int64_t count) {
  return py::array_t<std::int64_t>(1, &count);
}

/// A model's array as NumPy's: a copy, or a read-only view that keeps the model alive.
template <typename T>
py::array_t<T> shared_array(const std::vector<T>& vector, const py::object& model, bool copy) {
  if (copy) return array_of(vector);
  py::array_t<T> view(static_cast<py::ssize_t>(vector.size()), vector.data(), model);
  view.attr("setflags")(false);
  return view;
}

py::array_t<std::uint64_t> shared_sets(const std::vector<CategorySet>& sets,
                                       const py::object& model, bool copy) {
  if (copy || sets.empty()) return set_words(sets);
  static_assert(sizeof(CategorySet) == CategorySet::kWords * sizeof(std::uint64_t));
  py::array_t<std::uint64_t> view(
      {static_cast<py::ssize_t>(sets.size()), py::ssize_t{CategorySet::kWords}},
      sets.front().words().data(), model);
  view.attr("setflags")(false);
  return view;
}

}  // namespace

py::array_t<std::uint64_t> set_words(const std::vector<CategorySet>& sets) {
  py::array_t<std::uint64_t> words(
      {static_cast<py::ssize_t>(sets.size()), py::ssize_t{CategorySet::kWords}});
  std::uint64_t* to = words.mutable_data();
  for (const CategorySet& set : sets) to = std::copy(set.words().begin(), set.words().end(), to);
  return words;
}

ModelHandle model_from_arrays(const py::dict& arrays, const std::string& link,
                              const std::string& aggregation) {
  EnsembleModel model;
  ArrayTaker taker(arrays);
  model.n_features = taker.take_count("n_features");
  if (arrays.contains("leaf_width")) model.leaf_width = taker.take_count("leaf_width");
  taker.take("base_score", model.base_score);
  taker.take("tree_begin", model.tree_begin);
  taker.take("tree_output", model.tree_output);
  for_each_walk_field([&](const char* name, auto& vector) { taker.take(name, vector); },
                      model.nodes);
  for_each_statistic([&](const char* name, auto& vector) { taker.take_if_there(name, vector); },
                     model.nodes);
  taker.take_if_there("n_categories", model.n_categories);
  taker.take_sets_if_there("category_sets", model.nodes.category_sets);
  std::vector<std::int32_t> right_child;
  if (taker.take_if_there("right_child", right_child)) check_right_child(model, right_child);
  taker.check_all_taken();
  if (model.base_score.empty() || model.base_score.size() > INT32_MAX)
    throw ValueError("the model's array 'base_score' is empty or too long");
  model.n_outputs = static_cast<std::int32_t>(model.base_score.size());
  model.link = link_of_name(link);
  model.aggregation = aggregation_of_name(aggregation);
  return {std::make_shared<const Predictor>(std::move(model))};
}

py::dict model_to_arrays(const py::object& self, bool copy) {
  const EnsembleModel& model = self.cast<const ModelHandle&>().predictor->model();
  py::dict arrays;
  const auto add = [&](const char* name, const auto& vector) {
    arrays[name] = shared_array(vector, self, copy);
  };
  add("base_score", model.base_score);
  add("tree_begin", model.tree_begin);
  add("tree_output", model.tree_output);
  for_each_walk_field(add, model.nodes);
  for_each_statistic(
      [&](const char* name, const auto& vector) {
        if (!vector.empty()) add(name, vector);
      },
      model.nodes);
  if (!model.n_categories.empty()) {
    add("n_categories", model.n_categories);
    arrays["category_sets"] = shared_sets(model.nodes.category_sets, self, copy);
  }
  arrays["n_features"] = count_array(model.n_features);
  arrays["leaf_width"] = count_array(model.leaf_width);
  return arrays;
}

py::dict tree_arrays(const ModelHandle& self, std::int32_t idx) {
  const EnsembleModel& model = self.predictor->model();
  const EnsembleModel one = select_trees(model, std::span(&idx, 1));
  py::dict arrays;
  for_each_field(
      [&](const char* name, const auto& vector) {
        if (!vector.empty()) arrays[name] = array_of(vector);
      },
      one.nodes);
  arrays["value"] = array_of(one.nodes.value)
                        .reshape({py::ssize_t{-1}, static_cast<py::ssize_t>(model.leaf_width)});
  if (!model.n_categories.empty()) arrays["category_sets"] = set_words(one.nodes.category_sets);
  std::vector<std::int32_t> right_child(one.nodes.left_child);
  for (std::int32_t& child : right_child)
    if (child != kNoChild) ++child;
  arrays["right_child"] = array_of(right_child);
  return arrays;
}

}  // namespace gbengine::bindings

#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "dict_reader.hpp"
#include "forest_arguments.hpp"
#include "gbengine/api/forest_trainer.hpp"
#include "interrupt.hpp"
#include "model_handle.hpp"
#include "table_argument.hpp"
#include "table_handle.hpp"

namespace gbengine::bindings {
namespace {

Sampling sampling_of(const std::string& name) {
  if (name == "all") return Sampling::kAll;
  if (name == "with_replacement") return Sampling::kWithReplacement;
  if (name == "without_replacement") return Sampling::kWithoutReplacement;
  throw ValueError("sampling is '" + name +
                   "'; it must be all, with_replacement or without_replacement");
}

bool one_of(const char* key, const std::string& value, const char* no, const char* yes) {
  if (value != no && value != yes)
    throw ValueError(std::string(key) + " is '" + value + "'; it must be " + no + " or " + yes);
  return value == yes;
}

}  // namespace

ForestArguments forest_arguments(const py::dict& dict) {
  ForestArguments arguments;
  ForestConfig& f = arguments.forest;
  CartConfig& c = f.cart;
  std::string splitter, sampling, balance;
  std::vector<int> monotonic;
  DictReader reader(dict);
  reader.read("criterion", f.criterion);
  reader.read("splitter", splitter);
  reader.read("max_depth", c.max_depth);
  reader.read("max_leaf_nodes", c.max_leaf_nodes);
  reader.read("min_samples_split", c.min_samples_split);
  reader.read("min_samples_leaf", c.min_samples_leaf);
  reader.read("min_weight_leaf", c.min_weight_leaf);
  reader.read("min_impurity_decrease", c.min_impurity_decrease);
  reader.read("max_features", c.max_features);
  reader.read("ccp_alpha", c.ccp_alpha);
  reader.read("monotonic_cst", monotonic);
  reader.read("sampling", sampling);
  reader.read("n_draws", f.draw.n_draws);
  reader.read("features_per_tree", f.features_per_tree);
  reader.read("features_with_replacement", f.features_with_replacement);
  reader.read("balance", balance);
  reader.read("keep_statistics", c.keep_statistics);
  reader.read("keep_leaf_samples", f.keep_leaf_samples);
  reader.read("seed", c.seed);
  reader.read_n_threads(arguments.n_threads);
  reader.finish();
  c.random_cuts = one_of("splitter", splitter, "best", "random");
  f.balances_drawn_classes = one_of("balance", balance, "none", "subsample");
  f.draw.sampling = sampling_of(sampling);
  // Trees that differ anyway should differ where columns are equally good, too; a tree on all rows
  // and columns takes the first of them.
  c.random_order = c.random_cuts || f.draw.sampling != Sampling::kAll;
  for (const int m : monotonic) c.monotonic.push_back(static_cast<std::int8_t>(m));
  return arguments;
}

namespace {

TargetView targets_of(const Doubles& y) {
  if (y.ndim() != 2 || y.shape(1) < 1)
    throw ValueError("y must have two dimensions, a column for each output");
  return {y.data(), y.shape(0), static_cast<std::int32_t>(y.shape(1))};
}

template <typename T>
py::array_t<T> array_of(const std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// A ForestTrainer and the arrays it reads.
class PyForestTrainer {
 public:
  PyForestTrainer(const TableHandle& table, Doubles y, std::vector<std::int32_t> n_classes,
                  std::optional<Doubles> weight, const py::dict& config,
                  const std::optional<ModelHandle>& init_model)
      : y_(std::move(y)), weight_(std::move(weight)) {
    const TargetView targets = targets_of(y_);
    if (weight_) need_length("sample_weight", *weight_, targets.n_rows);
    if (!n_classes.empty() && n_classes.size() != static_cast<std::size_t>(targets.n_outputs))
      throw ValueError("n_classes must have one number for each output");
    ForestArguments arguments = forest_arguments(config);
    const EnsembleModel* start = init_model ? &init_model->predictor->model() : nullptr;
    const double* weights = weight_ ? weight_->data() : nullptr;
    const py::gil_scoped_release unlocked;
    trainer_ = std::make_unique<ForestTrainer>(table.table, targets, std::move(n_classes), weights,
                                               std::move(arguments.forest), arguments.n_threads,
                                               raise_pending_signals, start);
  }

  std::int32_t run(std::int32_t n_trees, const py::object& on_trees) {
    const ForestTrainer::OnTrees callback = stop_function(on_trees);
    const py::gil_scoped_release unlocked;
    return trainer_->run(n_trees, callback);
  }

  ModelHandle model() const { return {std::make_shared<const Predictor>(trainer_->share_model())}; }
  py::array_t<double> importances() const { return array_of(trainer_->importances()); }

  py::tuple oob_values() const {
    OutOfBag oob;
    {
      const py::gil_scoped_release unlocked;
      oob = trainer_->out_of_bag();
    }
    const auto n_rows = static_cast<py::ssize_t>(oob.n_trees.size());
    py::array_t<double> values({n_rows, py::ssize_t{trainer_->model().leaf_width}},
                               oob.value.data());
    return py::make_tuple(values, array_of(oob.n_trees));
  }

  py::array_t<double> oob_importances(std::int32_t n_repeats) const {
    std::vector<double> importances;
    {
      const py::gil_scoped_release unlocked;
      importances = trainer_->out_of_bag_importances(n_repeats);
    }
    return array_of(importances);
  }

  py::array_t<std::int64_t> in_bag_counts(std::int32_t tree) const {
    return array_of(trainer_->in_bag_counts(tree));
  }

  py::array_t<std::uint32_t> draw_order() const { return array_of(trainer_->draw_order()); }

  py::array_t<std::int64_t> columns_of(std::int32_t tree) const {
    return array_of(trainer_->columns_of(tree));
  }

  py::dict leaf_samples() const {
    const LeafSamples& samples = trainer_->leaf_samples();
    py::dict arrays;
    arrays["offset"] = array_of(samples.offset);
    arrays["row"] = array_of(samples.row);
    arrays["count"] = array_of(samples.count);
    return arrays;
  }

 private:
  Doubles y_;
  std::optional<Doubles> weight_;
  std::unique_ptr<ForestTrainer> trainer_;
};

using RowNumbers = py::array_t<std::uint32_t, py::array::c_style>;

py::array_t<std::int64_t> counts_of_draw(const RowNumbers& order,
                                         const std::optional<Doubles>& weight,
                                         const std::string& sampling, std::int64_t n_draws,
                                         std::uint64_t seed, std::int64_t tree) {
  if (order.ndim() != 1) throw ValueError("order must have one dimension");
  if (weight) need_length("sample_weight", *weight, order.size());
  const double* weights = weight ? weight->data() : nullptr;
  const DrawConfig config{sampling_of(sampling), n_draws};
  std::vector<std::uint32_t> rows(order.data(), order.data() + order.size());
  std::vector<std::int64_t> counts;
  {
    const py::gil_scoped_release unlocked;
    counts = draw_counts(std::move(rows), weights, config, seed, tree);
  }
  return array_of(counts);
}

py::tuple pruning_path_arrays(const ModelHandle& model) {
  const PruningPath path = pruning_path_of(model.predictor->model());
  return py::make_tuple(array_of(path.ccp_alphas), array_of(path.impurities));
}

}  // namespace

void bind_forest(py::module_& m) {
  py::class_<PyForestTrainer>(m, "ForestTrainer", "Trees and their means; see _core.pyi.")
      .def(py::init<const TableHandle&, Doubles, std::vector<std::int32_t>, std::optional<Doubles>,
                    const py::dict&, const std::optional<ModelHandle>&>(),
           py::arg("table"), py::arg("y"), py::arg("n_classes"), py::arg("sample_weight"),
           py::arg("config"), py::arg("init_model") = py::none())
      .def("run", &PyForestTrainer::run, py::arg("n_trees"), py::arg("on_trees") = py::none())
      .def("model", &PyForestTrainer::model)
      .def("importances", &PyForestTrainer::importances)
      .def("oob_values", &PyForestTrainer::oob_values)
      .def("oob_importances", &PyForestTrainer::oob_importances, py::arg("n_repeats"))
      .def("in_bag_counts", &PyForestTrainer::in_bag_counts, py::arg("tree"))
      .def("draw_order", &PyForestTrainer::draw_order)
      .def("columns_of", &PyForestTrainer::columns_of, py::arg("tree"))
      .def("leaf_samples", &PyForestTrainer::leaf_samples);
  m.def("draw_counts", &counts_of_draw, py::arg("order").noconvert(), py::arg("sample_weight"),
        py::arg("sampling"), py::arg("n_draws"), py::arg("seed"), py::arg("tree"));
  m.def("pruning_path", &pruning_path_arrays, py::arg("model"));
}

}  // namespace gbengine::bindings

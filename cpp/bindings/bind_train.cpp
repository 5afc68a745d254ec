#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>

#include "arrays.hpp"
#include "bindings.hpp"
#include "dict_reader.hpp"
#include "gbengine/api/trainer.hpp"
#include "interrupt.hpp"
#include "model_handle.hpp"
#include "table_argument.hpp"
#include "table_handle.hpp"

namespace gbengine::bindings {
namespace {

struct TrainConfig {
  BoostingConfig boosting;
  int n_threads;
};

GrowPolicy grow_policy_of(const std::string& name) {
  if (name == "leaf_wise") return GrowPolicy::kLeafWise;
  if (name == "depth_wise") return GrowPolicy::kDepthWise;
  throw ValueError("grow_policy is '" + name + "'; it must be leaf_wise or depth_wise");
}

MultiOutput multi_output_of(const std::string& name) {
  if (name == "separate") return MultiOutput::kSeparate;
  if (name == "shared") return MultiOutput::kShared;
  throw ValueError("multi_output is '" + name + "'; it must be separate or shared");
}

TrainConfig config_of(const py::dict& dict) {
  TrainConfig config;
  BoostingConfig& b = config.boosting;
  GrowerConfig& g = b.grower;
  std::map<std::string, double> objective_params;
  std::string grow_policy, multi_output;
  DictReader reader(dict);
  reader.read("objective", b.objective);
  reader.read("objective_params", objective_params);
  reader.read("learning_rate", b.learning_rate);
  reader.read("subsample", b.subsample);
  reader.read("n_parallel_trees", b.n_parallel_trees);
  reader.read("multi_output", multi_output);
  reader.read("max_bins", b.max_bins);
  reader.read("base_score", b.base_score);
  reader.read("max_leaf_nodes", g.max_leaf_nodes);
  reader.read("max_depth", g.max_depth);
  reader.read("min_samples_leaf", g.min_samples_leaf);
  reader.read("min_hessian_leaf", g.min_hessian_leaf);
  reader.read("min_split_gain", g.min_split_gain);
  reader.read("l1_regularization", g.l1_regularization);
  reader.read("l2_regularization", g.l2_regularization);
  reader.read("max_delta_step", g.max_delta_step);
  reader.read("cat_smooth", g.cat_smooth);
  reader.read("max_cat_threshold", g.max_cat_threshold);
  reader.read("min_samples_category", g.min_samples_category);
  reader.read("max_features_per_tree", g.max_features_per_tree);
  reader.read("max_features_per_level", g.max_features_per_level);
  reader.read("max_features", g.max_features);
  reader.read("grow_policy", grow_policy);
  reader.read("seed", g.seed);
  reader.read_n_threads(config.n_threads);
  reader.finish();
  b.objective_params = param_map_of(objective_params);
  b.multi_output = multi_output_of(multi_output);
  g.grow_policy = grow_policy_of(grow_policy);
  return config;
}

/// X as a table in bins, which must be those that the config asks for, or as values, which `values`
/// then holds.
TrainingTable training_table_of(const py::object& x, int max_bins,
                                std::optional<TableArgument>& values) {
  if (!py::isinstance<TableHandle>(x)) return {values.emplace("X", x).view(), nullptr};
  const auto& handle = x.cast<const TableHandle&>();
  return shared_bins(handle.table, handle.max_bins, max_bins);
}

/// A Trainer and the arrays its labels point into.
class PyTrainer {
 public:
  PyTrainer(const py::object& x, Doubles y, std::optional<Doubles> weight, const py::dict& config,
            const std::optional<ModelHandle>& init_model, std::optional<Doubles> offset)
      : y_(std::move(y)), weight_(std::move(weight)), offset_(std::move(offset)) {
    const TrainConfig parsed = config_of(config);
    std::optional<TableArgument> values;
    const TrainingTable table = training_table_of(x, parsed.boosting.max_bins, values);
    outputs_of_target_ =
        objective_outputs(parsed.boosting.objective, parsed.boosting.objective_params);
    const Labels labels =
        labels_of_targets("", y_, weight_, offset_, table.n_rows(), outputs_of_target_);
    const EnsembleModel* start = init_model ? &init_model->predictor->model() : nullptr;
    const py::gil_scoped_release unlocked;
    trainer_ = std::make_unique<Trainer>(table, labels, parsed.boosting, parsed.n_threads,
                                         raise_pending_signals, start);
  }

  void set_validation(const py::object& x, Doubles y, std::optional<Doubles> weight,
                      std::optional<Doubles> offset) {
    y_val_ = std::move(y);
    weight_val_ = std::move(weight);
    offset_val_ = std::move(offset);
    const TableArgument table("X_val", x);
    const TableView& view = table.view();
    const Labels labels = labels_of_targets("_val", y_val_, weight_val_, offset_val_, view.n_rows(),
                                            outputs_of_target_);
    const py::gil_scoped_release unlocked;
    trainer_->set_validation(view, labels);
  }

  std::int32_t run(std::int32_t n_rounds, const py::object& on_round) {
    const Trainer::OnRound callback = stop_function(on_round);
    const py::gil_scoped_release unlocked;
    return trainer_->run(n_rounds, callback);
  }

  py::array_t<double> train_raw() const {
    py::array_t<double> raw({trainer_->n_train_rows(), std::int64_t{trainer_->n_outputs()}});
    trainer_->copy_train_raw(raw.mutable_data());
    return raw;
  }

  py::array_t<double> validation_raw() const {
    py::array_t<double> raw({trainer_->n_validation_rows(), std::int64_t{trainer_->n_outputs()}});
    trainer_->copy_validation_raw(raw.mutable_data());
    return raw;
  }

  void set_learning_rate(double rate) { trainer_->set_learning_rate(rate); }

  double train_loss() const {
    const py::gil_scoped_release unlocked;
    return trainer_->train_loss();
  }

  double validation_loss() const {
    const py::gil_scoped_release unlocked;
    return trainer_->validation_loss();
  }

  std::int32_t n_rounds() const { return trainer_->n_rounds(); }
  ModelHandle model() const { return {std::make_shared<const Predictor>(trainer_->model())}; }

 private:
  Doubles y_;
  std::optional<Doubles> weight_;
  std::optional<Doubles> offset_;
  Doubles y_val_;
  std::optional<Doubles> weight_val_;
  std::optional<Doubles> offset_val_;
  std::int64_t outputs_of_target_ = 1;
  std::unique_ptr<Trainer> trainer_;
};

}  // namespace

void bind_train(py::module_& m) {
  py::class_<PyTrainer>(m, "Trainer", "Boosting over one table; see _core.pyi.")
      .def(py::init<const py::object&, Doubles, std::optional<Doubles>, const py::dict&,
                    const std::optional<ModelHandle>&, std::optional<Doubles>>(),
           py::arg("X"), py::arg("y"), py::arg("sample_weight"), py::arg("config"),
           py::arg("init_model") = py::none(), py::arg("offset") = py::none())
      .def("set_validation", &PyTrainer::set_validation, py::arg("X"), py::arg("y"),
           py::arg("sample_weight"), py::arg("offset") = py::none())
      .def("run", &PyTrainer::run, py::arg("n_rounds"), py::arg("on_round") = py::none())
      .def("set_learning_rate", &PyTrainer::set_learning_rate, py::arg("rate"))
      .def_property_readonly("n_rounds", &PyTrainer::n_rounds)
      .def("train_loss", &PyTrainer::train_loss)
      .def("validation_loss", &PyTrainer::validation_loss)
      .def("train_raw", &PyTrainer::train_raw)
      .def("validation_raw", &PyTrainer::validation_raw)
      .def("model", &PyTrainer::model);
}

}  // namespace gbengine::bindings

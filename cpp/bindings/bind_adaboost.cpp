#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "dict_reader.hpp"
#include "forest_arguments.hpp"
#include "gbengine/api/adaboost_trainer.hpp"
#include "interrupt.hpp"
#include "model_handle.hpp"
#include "table_argument.hpp"
#include "table_handle.hpp"

namespace gbengine::bindings {
namespace {

/// An AdaBoostTrainer and the arrays it reads.
class PyAdaBoostTrainer {
 public:
  PyAdaBoostTrainer(const TableHandle& table, Doubles y, std::int32_t n_classes,
                    const std::optional<Doubles>& weight, const py::dict& trees,
                    const py::dict& config)
      : y_(std::move(y)) {
    need_length("y", y_, table.table->n_rows());
    if (weight) need_length("sample_weight", *weight, table.table->n_rows());
    ForestArguments arguments = forest_arguments(trees);
    AdaBoostConfig boosting;
    boosting.trees = std::move(arguments.forest);
    std::string loss;
    DictReader reader(config);
    reader.read("loss", loss);
    reader.read("learning_rate", boosting.learning_rate);
    reader.read("class_factors", boosting.class_factors);
    reader.finish();
    boosting.loss = row_loss_of_name(loss);
    const TargetView targets{y_.data(), y_.shape(0), 1};
    const double* weights = weight ? weight->data() : nullptr;
    const py::gil_scoped_release unlocked;
    trainer_ = std::make_unique<AdaBoostTrainer>(table.table, targets, n_classes, weights,
                                                 std::move(boosting), arguments.n_threads,
                                                 raise_pending_signals);
  }

  std::int32_t run(std::int32_t n_trees) {
    const py::gil_scoped_release unlocked;
    return trainer_->run(n_trees);
  }

  ModelHandle model() const { return {std::make_shared<const Predictor>(trainer_->model())}; }
  py::array tree_weights() const { return py::array(py::cast(trainer_->tree_weights())); }
  py::array tree_errors() const { return py::array(py::cast(trainer_->tree_errors())); }

 private:
  Doubles y_;
  std::unique_ptr<AdaBoostTrainer> trainer_;
};

ModelHandle votes_of(const ModelHandle& shares, std::int32_t n_classes,
                     const std::vector<double>& tree_weight) {
  return {std::make_shared<const Predictor>(
      vote_model(shares.predictor->model(), n_classes, tree_weight))};
}

py::array_t<double> median_of(const ModelHandle& model, const py::object& x,
                              const std::vector<double>& tree_weight, int n_threads) {
  const TableArgument table("X", x);
  const TableView& view = table.view();
  py::array_t<double> out(view.n_rows());
  double* to = out.mutable_data();
  const Parallel parallel(n_threads, raise_pending_signals);
  const py::gil_scoped_release unlocked;
  weighted_median(parallel, *model.predictor, view, tree_weight, to);
  return out;
}

}  // namespace

void bind_adaboost(py::module_& m) {
  py::class_<PyAdaBoostTrainer>(m, "AdaBoostTrainer", "SAMME and AdaBoost.R2; see _core.pyi.")
      .def(py::init<const TableHandle&, Doubles, std::int32_t, const std::optional<Doubles>&,
                    const py::dict&, const py::dict&>(),
           py::arg("table"), py::arg("y"), py::arg("n_classes"), py::arg("sample_weight"),
           py::arg("trees"), py::arg("config"))
      .def("run", &PyAdaBoostTrainer::run, py::arg("n_trees"))
      .def("model", &PyAdaBoostTrainer::model)
      .def("tree_weights", &PyAdaBoostTrainer::tree_weights)
      .def("tree_errors", &PyAdaBoostTrainer::tree_errors);
  m.def("vote_model", &votes_of, py::arg("shares"), py::arg("n_classes"), py::arg("tree_weights"));
  m.def("weighted_median", &median_of, py::arg("model"), py::arg("X"), py::arg("tree_weights"),
        py::arg("n_threads"));
}

}  // namespace gbengine::bindings

#include "gbengine/objective/separate_outputs.hpp"

#include <cassert>
#include <string>
#include <utility>
#include <vector>

#include "gbengine/base/error.hpp"
#include "gbengine/objective/registry.hpp"

namespace gbengine {
namespace {

class SeparateOutputs final : public Objective {
 public:
  /// One for each output: some follow the residuals of their own.
  explicit SeparateOutputs(std::vector<std::unique_ptr<Objective>> outputs)
      : outputs_(std::move(outputs)) {}

  Link link() const override { return outputs_[0]->link(); }
  int n_outputs() const override { return static_cast<int>(outputs_.size()); }
  bool is_const_hessian() const override { return outputs_[0]->is_const_hessian(); }
  bool refits_leaves() const override { return outputs_[0]->refits_leaves(); }
  const Objective& of_output(int output) const override { return *at(output); }

  void check_labels(const Labels& labels) const override {
    for (int k = 0; k < n_outputs(); ++k) at(k)->check_labels(target_of(labels, k));
  }

  void base_score(const Parallel& parallel, const Labels& labels, double* out) const override {
    for (int k = 0; k < n_outputs(); ++k)
      at(k)->base_score(parallel, target_of(labels, k), out + k);
  }

  void begin_round(const Parallel& parallel, const Labels& labels, const double* raw) override {
    for (int k = 0; k < n_outputs(); ++k)
      at(k)->begin_round(parallel, target_of(labels, k), raw + k * labels.n_rows);
  }

  void gradients(const Labels& labels, const double* raw, std::int64_t begin, std::int64_t end,
                 FloatPair* out) const override {
    for (int k = 0; k < n_outputs(); ++k)
      at(k)->gradients(target_of(labels, k), raw + k * labels.n_rows, begin, end,
                       out + k * labels.n_rows);
  }

 private:
  const std::unique_ptr<Objective>& at(int output) const {
    assert(output >= 0 && output < n_outputs());
    return outputs_[static_cast<std::size_t>(output)];
  }

  std::vector<std::unique_ptr<Objective>> outputs_;
};

}  // namespace

std::unique_ptr<Objective> make_separate_outputs(std::string_view name, const ParamMap& params,
                                                 std::int32_t n_targets) {
  if (find_objective(name).task != "regression")
    throw ValueError("loss '" + std::string(name) + "' is of one target, got " +
                     std::to_string(n_targets));
  std::vector<std::unique_ptr<Objective>> outputs;
  for (std::int32_t k = 0; k < n_targets; ++k) outputs.push_back(make_objective(name, params));
  return std::make_unique<SeparateOutputs>(std::move(outputs));
}

}  // namespace gbengine

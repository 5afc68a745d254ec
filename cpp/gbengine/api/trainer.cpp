#include "gbengine/api/trainer.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "gbengine/api/check_table.hpp"
#include "gbengine/api/inspect.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/coded_table.hpp"

namespace gbengine {
namespace {

/// Throws ValueError with the row of the first value that is too large or no number.
void check_sizes(const char* name, const double* values, std::int64_t n_columns,
                 std::int64_t n_rows) {
  for (std::int64_t i = 0; i < n_columns * n_rows; ++i)
    if (!(std::abs(values[i]) <= kMaxLabel))
      throw ValueError(std::string(name) + "[" + std::to_string(i % n_rows) + "] is " +
                       number_text(values[i]) + "; it must be finite and at most 1e30 in size");
}

/// Offsets are `n_outputs` a row.
void check_labels(const char* y_name, const char* weight_name, const char* offset_name,
                  const Labels& labels, std::int32_t n_outputs) {
  check_sizes(y_name, labels.y, labels.n_targets, labels.n_rows);
  if (labels.offset != nullptr) check_sizes(offset_name, labels.offset, n_outputs, labels.n_rows);
  for (std::int64_t i = 0; i < labels.n_rows; ++i) {
    const double w = labels.weight_of(i);
    if (!(w > 0 && w <= kMaxLabel))
      throw ValueError(std::string(weight_name) + "[" + std::to_string(i) + "] is " +
                       number_text(w) + "; it must be above 0 and at most 1e30 here");
  }
}

const TrainingTable& checked(const TrainingTable& table, const Labels& labels,
                             const BoostingConfig& config) {
  if (!table.bins) check_table("X", table.x);
  const std::int32_t n_outputs =
      objective_outputs(config.objective, config.objective_params) * labels.n_targets;
  check_labels("y", "sample_weight", "offset", labels, n_outputs);
  return table;
}

void by_row(const AlignedBuffer<double>& raw, std::int64_t n_rows, std::int32_t n_outputs,
            double* out) {
  for (std::int64_t i = 0; i < n_rows; ++i)
    for (std::int32_t k = 0; k < n_outputs; ++k)
      out[i * n_outputs + k] = raw[static_cast<std::size_t>(k * n_rows + i)];
}

}  // namespace

TrainingTable shared_bins(const std::shared_ptr<const CodedTable>& table, int table_max_bins,
                          int max_bins) {
  if (table_max_bins != max_bins)
    throw ValueError("max_bins is " + std::to_string(max_bins) + "; the table has max_bins " +
                     std::to_string(table_max_bins));
  return {{}, {table, table->binned()}};
}

Trainer::Trainer(const TrainingTable& table, const Labels& labels, const BoostingConfig& config,
                 int n_threads, Interrupt interrupt, const EnsembleModel* start)
    : parallel_(n_threads, std::move(interrupt)),
      boosting_(parallel_, checked(table, labels, config), labels, config, start) {}

void Trainer::set_validation(const TableView& x, const Labels& labels) {
  check_table("X_val", x);
  check_labels("y_val", "sample_weight_val", "offset_val", labels, n_outputs());
  boosting_.set_validation(parallel_, x, labels);
}

std::int32_t Trainer::run(std::int32_t n_rounds, const OnRound& on_round) {
  for (std::int32_t i = 0; i < n_rounds; ++i) {
    boosting_.add_round(parallel_);
    if (on_round && on_round(boosting_.n_rounds())) break;
  }
  return boosting_.n_rounds();
}

void Trainer::set_learning_rate(double rate) {
  if (!(rate > 0 && std::isfinite(rate)))
    throw ValueError("learning_rate is " + number_text(rate) + "; it must be above 0 and finite");
  boosting_.set_learning_rate(rate);
}

double Trainer::validation_loss() const {
  if (!boosting_.has_validation()) throw ValueError("no validation rows were set");
  return boosting_.validation_loss(parallel_);
}

std::int64_t Trainer::n_validation_rows() const {
  if (!boosting_.has_validation()) throw ValueError("no validation rows were set");
  return boosting_.n_validation_rows();
}

void Trainer::copy_train_raw(double* out) const {
  by_row(boosting_.train_raw(), n_train_rows(), n_outputs(), out);
}

void Trainer::copy_validation_raw(double* out) const {
  by_row(boosting_.validation_raw(), n_validation_rows(), n_outputs(), out);
}

}  // namespace gbengine

#include "gbengine/api/trainer.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "gbengine/api/check_table.hpp"
#include "gbengine/base/error.hpp"
#include "gbengine/data/coded_table.hpp"

namespace gbengine {
namespace {

void check_labels(const char* y_name, const char* weight_name, const Labels& labels) {
  for (std::int64_t i = 0; i < labels.n_rows; ++i) {
    const double y = labels.y[i], w = labels.weight_of(i);
    if (!(std::abs(y) <= kMaxLabel))
      throw ValueError(std::string(y_name) + "[" + std::to_string(i) + "] is " + number_text(y) +
                       "; it must be finite and at most 1e30 in size");
    if (!(w > 0 && w <= kMaxLabel))
      throw ValueError(std::string(weight_name) + "[" + std::to_string(i) + "] is " +
                       number_text(w) + "; it must be above 0 and at most 1e30 here");
  }
}

const TrainingTable& checked(const TrainingTable& table, const Labels& labels) {
  if (!table.bins) check_table("X", table.x);
  check_labels("y", "sample_weight", labels);
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

Trainer::Trainer(const TrainingTable& table, const Labels& labels, BoostingConfig config,
                 int n_threads, Interrupt interrupt, const EnsembleModel* start)
    : parallel_(n_threads, std::move(interrupt)),
      boosting_(parallel_, checked(table, labels), labels, std::move(config), start) {}

void Trainer::set_validation(const MatrixView& x, const Labels& labels) {
  check_table("X_val", x);
  check_labels("y_val", "sample_weight_val", labels);
  boosting_.set_validation(parallel_, x, labels);
}

std::int32_t Trainer::run(std::int32_t n_rounds, const OnRound& on_round) {
  for (std::int32_t i = 0; i < n_rounds; ++i) {
    boosting_.add_round(parallel_);
    if (on_round && on_round(boosting_.n_rounds())) break;
  }
  return boosting_.n_rounds();
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

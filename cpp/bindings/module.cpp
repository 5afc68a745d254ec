#include "bindings.hpp"

PYBIND11_MODULE(_core, m) {
  using namespace gbengine::bindings;
  m.doc() = "The C++ core of gbengine. Private: use the estimators.";
  bind_system(m);
  bind_registry(m);
  bind_model(m);
  bind_table(m);  // before those whose arguments it is
  bind_train(m);
  bind_forest(m);
  bind_adaboost(m);
  bind_rows(m);
  bind_statistics(m);
}

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "bindings.hpp"
#include "gbengine/base/free_memory.hpp"
#include "gbengine/base/isa.hpp"
#include "gbengine/base/threads.hpp"
#include "interrupt.hpp"

namespace gbengine::bindings {

namespace py = pybind11;

void bind_system(py::module_& m) {
  m.def("usable_threads", &usable_threads, "Cores this process may use now.");
  m.def("threads_of_n_jobs", &threads_of_n_jobs, py::arg("n_jobs"));
  m.def("give_back_free_memory", &give_back_free_memory, py::call_guard<py::gil_scoped_release>());
  m.def("usable_isas", [] {
    std::vector<std::string> names;
    for (Isa isa : usable_isas()) names.emplace_back(isa_name(isa));
    return names;
  });
  m.def("isa_in_use", [] { return std::string(isa_name(isa_in_use())); });
  m.def(
      "force_isa", [](const std::string& name) { force_isa(name); }, py::arg("name"));
  py::class_<CancelToken>(m, "CancelToken", "Ends the core's work in the threads that entered it.")
      .def(py::init<>())
      .def("cancel", &CancelToken::cancel)
      .def("__enter__",
           [](const CancelToken& self) -> const CancelToken& {
             CancelToken::current() = &self;
             return self;
           })
      .def("__exit__",
           [](const CancelToken&, const py::args&) { CancelToken::current() = nullptr; });
}

}  // namespace gbengine::bindings

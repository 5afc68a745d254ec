// DictReader: takes each key of a dictionary of parameters once, and then insists that none is
// left: a missing, unknown or ill-typed key is an error that names it.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <set>
#include <string>

#include "gbengine/base/error.hpp"

namespace gbengine::bindings {

namespace py = pybind11;

class DictReader {
 public:
  explicit DictReader(const py::dict& dict) : dict_(dict) {}

  template <typename T>
  void read(const char* key, T& to) {
    if (!dict_.contains(key)) throw ValueError(std::string("config lacks the key '") + key + "'");
    try {
      to = dict_[key].cast<T>();
    } catch (const py::cast_error&) {
      throw py::type_error(std::string("config['") + key + "'] is " +
                           py::repr(dict_[key]).cast<std::string>() + ", of the wrong type");
    }
    taken_.insert(key);
  }

  /// The key "n_threads": at least 1.
  void read_n_threads(int& to) {
    read("n_threads", to);
    if (to < 1) throw ValueError("n_threads is " + std::to_string(to) + "; it must be at least 1");
  }

  void finish() const {
    for (const auto& item : dict_) {
      const auto key = py::str(item.first).cast<std::string>();
      if (taken_.count(key) == 0) throw ValueError("config has the unknown key '" + key + "'");
    }
  }

 private:
  py::dict dict_;
  std::set<std::string> taken_;
};

}  // namespace gbengine::bindings

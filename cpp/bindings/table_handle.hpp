// TableHandle: a training table shared by the fits that read it.
#pragma once

#include <memory>

namespace gbengine {
class CodedTable;
}

namespace gbengine::bindings {

struct TableHandle {
  std::shared_ptr<const CodedTable> table;
  int max_bins;
};

}  // namespace gbengine::bindings

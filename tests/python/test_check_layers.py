"""Each rule of tools/check_layers.py is broken once, on a small tree that is otherwise clean."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "check_layers.py"

CLEAN_TREE = {
    "pyproject.toml": '[project]\nname = "t"\ndependencies = ["numpy>=1", "scikit-learn>=1.7"]\n',
    "CMakeLists.txt": "project(t)\n",
    "cpp/gbengine/CMakeLists.txt": (
        "add_library(core STATIC\n  base/parallel.cpp  # threads\n  objective/gamma.cpp\n"
        "  objective/registry.cpp\n  criterion/gini.cpp\n  criterion/registry.cpp\n"
        "  learn/grower.cpp\n)\n"
        "target_sources(core PRIVATE kernel/isa.cpp)\n"
    ),
    "cpp/gbengine/base/parallel.hpp": "#include <vector>\n",
    "cpp/gbengine/base/parallel.cpp": (
        '#include "gbengine/base/parallel.hpp"\n#pragma omp parallel\n'
    ),
    "cpp/gbengine/data/bins.hpp": '#include "gbengine/base/parallel.hpp"\n',
    "cpp/gbengine/model/tree.hpp": "",
    "cpp/gbengine/kernel/isa.cpp": '#include "gbengine/kernel/sum.inl.hpp"\n',
    "cpp/gbengine/kernel/sum.inl.hpp": "// never a throw in here\nint sum;\n",
    "cpp/gbengine/objective/objective.hpp": "",
    "cpp/gbengine/objective/gamma.cpp": 'const char* kName = "gamma";\n',
    "cpp/gbengine/objective/registry.cpp": (
        'const Row kRows[] = {\n  {"gamma", "regression", {"power"}, make_gamma},\n'
        '  {"huber", "regression", {"delta", "alpha"}, make_huber},\n};\n'
    ),
    "cpp/gbengine/metric/metric.hpp": "",
    "cpp/gbengine/criterion/split_search.hpp": "",
    "cpp/gbengine/criterion/gini.cpp": 'const char* kName = "gini";\n',
    "cpp/gbengine/criterion/registry.cpp": (
        'const Row kRows[] = {\n  {"gini", "classification", make_gini_search},\n'
        '  {"poisson", "regression", make_poisson_search},\n};\n'
    ),
    "cpp/gbengine/learn/grower.hpp": "",
    "cpp/gbengine/learn/grower.cpp": (
        '#include "gbengine/learn/grower.hpp"\n// not "gamma"\nconst char* kParam = "power";\n'
    ),
    "cpp/gbengine/predict/walk.hpp": '#include "gbengine/data/bins.hpp"\n',
    "cpp/gbengine/explain/shap.hpp": "",
    "cpp/gbengine/export/json.hpp": "",
    "cpp/gbengine/ensemble/boosting.hpp": (
        '#include "gbengine/learn/grower.hpp"\n#include "gbengine/objective/objective.hpp"\n'
    ),
    "cpp/gbengine/api/fit.hpp": '#include "gbengine/ensemble/boosting.hpp"\n',
    "cpp/bindings/module.cpp": '#include "gbengine/api/fit.hpp"\n#include "bind.hpp"\n',
    "python/gbengine/__init__.py": (
        "from typing import TYPE_CHECKING\n\nimport numpy as np\nfrom sklearn.base import clone\n"
        "from gbengine import _core\n\nif TYPE_CHECKING:\n    import pandas\n\n\n"
        "def later():\n    import pandas\n"
    ),
    "bench/run.py": "import gbengine\n",
}


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_layers", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_layers"] = module
    spec.loader.exec_module(module)
    return module


check_layers = load_tool()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in CLEAN_TREE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def add(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(old + text, encoding="utf-8")


def only_violation(root: Path) -> str:
    violations = [str(violation) for violation in check_layers.check(root)]
    assert len(violations) == 1, violations
    return violations[0]


def test_clean_tree_has_no_violation(tree: Path) -> None:
    assert check_layers.check(tree) == []
    assert check_layers.main([str(tree)]) == 0


def test_exit_status_and_text_of_a_violation(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tree, "cpp/gbengine/base/parallel.hpp", '\n#include "gbengine/data/bins.hpp"\n')
    assert check_layers.main([str(tree)]) == 1
    out = capsys.readouterr().out
    assert "cpp/gbengine/base/parallel.hpp:3: base/ must not include data/" in out


# An include upwards or sideways from each floor.
FORBIDDEN_INCLUDES = [
    ("base/parallel.hpp", "data/bins.hpp"),
    ("data/bins.hpp", "model/tree.hpp"),
    ("model/tree.hpp", "data/bins.hpp"),
    ("kernel/sum.inl.hpp", "data/bins.hpp"),
    ("kernel/sum.inl.hpp", "model/tree.hpp"),
    ("kernel/sum.inl.hpp", "objective/objective.hpp"),
    ("objective/objective.hpp", "metric/metric.hpp"),
    ("objective/objective.hpp", "criterion/split_search.hpp"),
    ("metric/metric.hpp", "objective/objective.hpp"),
    ("criterion/split_search.hpp", "metric/metric.hpp"),
    ("criterion/split_search.hpp", "learn/grower.hpp"),
    ("learn/grower.hpp", "objective/objective.hpp"),
    ("learn/grower.hpp", "metric/metric.hpp"),
    ("learn/grower.hpp", "predict/walk.hpp"),
    ("predict/walk.hpp", "learn/grower.hpp"),
    ("predict/walk.hpp", "metric/metric.hpp"),
    ("predict/walk.hpp", "criterion/split_search.hpp"),
    ("explain/shap.hpp", "objective/objective.hpp"),
    ("explain/shap.hpp", "export/json.hpp"),
    ("export/json.hpp", "explain/shap.hpp"),
    ("export/json.hpp", "metric/metric.hpp"),
    ("ensemble/boosting.hpp", "api/fit.hpp"),
]


@pytest.mark.parametrize(("includer", "included"), FORBIDDEN_INCLUDES)
def test_forbidden_include(tree: Path, includer: str, included: str) -> None:
    add(tree, f"cpp/gbengine/{includer}", f'#include "gbengine/{included}"\n')
    floor = Path(included).parent
    assert f"must not include {floor}/" in only_violation(tree)


@pytest.mark.parametrize("included", ["ensemble/boosting.hpp", "model/tree.hpp"])
def test_bindings_see_the_api_only(tree: Path, included: str) -> None:
    add(tree, "cpp/bindings/module.cpp", f'#include "gbengine/{included}"\n')
    assert "the bindings must not include" in only_violation(tree)


def test_include_by_short_path(tree: Path) -> None:
    add(tree, "cpp/gbengine/learn/grower.hpp", '#include "grower.hpp"\n')
    assert 'as "gbengine/floor/file.hpp"' in only_violation(tree)


def test_include_in_a_comment_does_not_count(tree: Path) -> None:
    comment = '/*\n#include "gbengine/api/fit.hpp"\n*/\n//#include "gbengine/api/fit.hpp"\n'
    add(tree, "cpp/gbengine/base/parallel.hpp", comment)
    assert check_layers.check(tree) == []


def test_unknown_floor(tree: Path) -> None:
    add(tree, "cpp/gbengine/common/drawer.hpp", "")
    assert "there is no floor 'common'" in only_violation(tree)


@pytest.mark.parametrize("pragma", ["#pragma omp simd\n", '_Pragma("omp parallel")\n'])
def test_openmp_pragma(tree: Path, pragma: str) -> None:
    add(tree, "cpp/gbengine/learn/grower.cpp", pragma)
    assert "OpenMP pragma outside" in only_violation(tree)


@pytest.mark.parametrize("code", ["throw 1;\n", "std::vector<int> v;\n", "auto* p = new int;\n"])
def test_kernel_that_throws_or_allocates(tree: Path, code: str) -> None:
    add(tree, "cpp/gbengine/kernel/sum.inl.hpp", code)
    assert "a kernel must not use" in only_violation(tree)


@pytest.mark.parametrize("name", ["gamma", "huber", "gini", "poisson"])
@pytest.mark.parametrize("file", ["ensemble/boosting.hpp", "learn/grower.hpp"])
def test_registry_name_elsewhere(tree: Path, file: str, name: str) -> None:
    add(tree, f"cpp/gbengine/{file}", f'if (name == "{name}") ++special;\n')
    assert f'the name "{name}" belongs in its own file' in only_violation(tree)


@pytest.mark.parametrize(
    ("file", "name"), [("objective/gamma.cpp", "huber"), ("criterion/gini.cpp", "poisson")]
)
def test_registry_name_in_a_sibling(tree: Path, file: str, name: str) -> None:
    add(tree, f"cpp/gbengine/{file}", f'const char* kOther = "{name}";\n')
    assert f'the name "{name}" belongs in its own file' in only_violation(tree)


@pytest.mark.parametrize("floor", ["objective", "criterion"])
def test_registry_that_cannot_be_read(tree: Path, floor: str) -> None:
    (tree / f"cpp/gbengine/{floor}/registry.cpp").write_text("", encoding="utf-8")
    assert "no row of the registry could be read" in only_violation(tree)


def test_source_not_in_the_build(tree: Path) -> None:
    add(tree, "cpp/gbengine/learn/sampler.cpp", "")
    assert "learn/sampler.cpp:1: not in the list of sources" in only_violation(tree)


def test_source_in_the_build_only_as_a_comment(tree: Path) -> None:
    add(tree, "cpp/gbengine/CMakeLists.txt", "add_library(x # learn/sampler.cpp\n)\n")
    add(tree, "cpp/gbengine/learn/sampler.cpp", "")
    assert "not in the list of sources" in only_violation(tree)


def test_source_listed_twice(tree: Path) -> None:
    add(tree, "cpp/gbengine/CMakeLists.txt", "target_sources(core PRIVATE learn/grower.cpp)\n")
    assert "learn/grower.cpp is listed twice" in only_violation(tree)


@pytest.mark.parametrize(
    "name", ["CMakeLists.txt", "cpp/gbengine/CMakeLists.txt", "pyproject.toml", "scripts/setup"]
)
def test_flags_of_this_machine_only(tree: Path, name: str) -> None:
    flag = "-march=" + "native"
    add(tree, name, f'extra = "{flag}"\n' if name == "pyproject.toml" else f"add({flag})\n")
    assert flag in only_violation(tree)


@pytest.mark.parametrize("name", ["cpp/gbengine/model/tree.hpp", "python/gbengine/long.py"])
def test_file_too_long(tree: Path, name: str) -> None:
    add(tree, name, "\n" * check_layers.MAX_LINES)
    assert check_layers.check(tree) == []
    add(tree, name, "\n")
    assert "401 lines, at most 400" in only_violation(tree)


@pytest.mark.parametrize(
    "code",
    [
        "import pandas\n",
        "import numpy, pandas\n",
        "from pandas.api import types\n",
        "try:\n    import pandas\nexcept ImportError:\n    pass\n",
        "class Lazy:\n    import pandas\n",
    ],
)
def test_import_of_what_is_no_dependency(tree: Path, code: str) -> None:
    add(tree, "python/gbengine/frames.py", code)
    assert "import of pandas, which is no run-time dependency" in only_violation(tree)


def test_native_code_past_the_core(tree: Path) -> None:
    add(tree, "python/gbengine/fast.py", "def f():\n    import ctypes\n")
    assert "native code is reached through gbengine._core" in only_violation(tree)


@pytest.mark.parametrize(
    "code",
    ["from gbengine import _core\n", "import gbengine._core\n", "from gbengine._x import y\n"],
)
def test_private_modules_outside_the_package(tree: Path, code: str) -> None:
    add(tree, "bench/run.py", code)
    assert "private modules" in only_violation(tree)


def test_comment_marks_in_strings_and_digit_separators() -> None:
    code = 'int n = 1\'000\'000;  // don\'t "gamma"\nconst char* s = "// kept";  /* "x" */ int m;'
    stripped = check_layers.without_comments(code)
    assert "don't" not in stripped
    assert '"// kept"' in stripped
    assert '"x"' not in stripped
    assert "1'000'000" in stripped


def test_this_project_is_clean() -> None:
    violations = check_layers.check(TOOL.parent.parent)
    assert violations == []

"""Holds the house in order: which floor may include which, and a few rules that go with it.

Usage: ``python tools/check_layers.py [ROOT]``. Prints ``path:line: what is wrong`` and exits with 1
if anything is. The floors and their reasons are in docs/design.md. Called by ./scripts/test;
tested by tests/python/test_check_layers.py, which breaks each rule once.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Each floor and the floors it may include besides itself: no floor sees its siblings.
_FOUNDATION = {"base", "kernel", "data", "model"}
MAY_INCLUDE: dict[str, set[str]] = {
    "base": set(),
    "kernel": {"base"},
    "data": {"base", "kernel"},
    "model": {"base", "kernel"},
    "objective": _FOUNDATION,
    "metric": _FOUNDATION,
    "criterion": _FOUNDATION,
    "learn": _FOUNDATION | {"criterion"},
    "predict": _FOUNDATION,
    "explain": _FOUNDATION,
    "export": _FOUNDATION,
    "ensemble": _FOUNDATION
    | {"objective", "metric", "criterion", "learn", "predict", "explain", "export"},
}
MAY_INCLUDE["api"] = MAY_INCLUDE["ensemble"] | {"ensemble"}
BINDINGS_MAY_INCLUDE = {"base", "api"}

# Floors with a registry.cpp: its names are written in their own files only.
HAS_REGISTRY = {"objective", "metric", "criterion"}
OPENMP_HOME = "cpp/gbengine/base/parallel.cpp"
MAX_LINES = 400
CPP_SUFFIXES = {".cpp", ".hpp"}
# What a kernel must not do: it works on plain views for every instruction set.
NOT_IN_KERNEL = re.compile(r"\b(throw|new|malloc|std::vector|std::string|std::function)\b")
# Distribution name -> import name, where they differ; what scikit-learn brings may be used too.
IMPORT_NAMES = {"scikit-learn": {"sklearn", "scipy", "joblib", "threadpoolctl"}}
FOREIGN_CODE = {"ctypes", "cffi"}


@dataclass(frozen=True, order=True)
class Violation:
    """One broken rule, at a line of a file (path relative to the root)."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Source:
    """A C++ file: its text as written and with comments blanked out (line numbers kept)."""

    path: str
    text: str
    code: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's pieces, e.g. ("cpp", "gbengine", "learn", "grower.hpp")."""
        return Path(self.path).parts

    @property
    def floor(self) -> str | None:
        """The floor this file is on; None for bindings and for files on no floor."""
        return self.parts[2] if self.parts[1] == "gbengine" and len(self.parts) > 3 else None


_COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL
)


def without_comments(text: str) -> str:
    """The text with each comment replaced by as many line ends as it had; strings are kept."""

    def keep_or_blank(match: re.Match[str]) -> str:
        found = match.group()
        return "\n" * found.count("\n") + " " if found.startswith(("//", "/*")) else found

    return _COMMENT_OR_STRING.sub(keep_or_blank, text)


def line_of(text: str, position: int) -> int:
    """The 1-based number of the line that holds the position."""
    return text.count("\n", 0, position) + 1


def cpp_sources(root: Path) -> list[Source]:
    """All C++ files below cpp/, sorted by path."""
    sources = []
    for path in sorted((root / "cpp").rglob("*")):
        if path.suffix in CPP_SUFFIXES:
            text = path.read_text(encoding="utf-8")
            sources.append(Source(str(path.relative_to(root)), text, without_comments(text)))
    return sources


# --- C++: includes --------------------------------------------------------------------------------


def check_includes(source: Source) -> Iterator[Violation]:
    """Each #include "..." names a floor this file's floor may see."""
    if source.floor is not None and source.floor not in MAY_INCLUDE:
        yield Violation(source.path, 1, f"there is no floor '{source.floor}'")
        return
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]*)"', source.code, re.MULTILINE):
        problem = include_problem(source, match.group(1))
        if problem:
            yield Violation(source.path, line_of(source.code, match.start(1)), problem)


def include_problem(source: Source, include: str) -> str | None:
    """What is wrong with this include in this file, or None."""
    parts = include.split("/")
    if source.parts[1] == "bindings":
        if len(parts) == 1:
            return None  # a header of the bindings themselves
        allowed, who = BINDINGS_MAY_INCLUDE, "the bindings"
    else:
        floor = source.floor or ""
        allowed, who = MAY_INCLUDE.get(floor, set()) | {floor}, f"{floor}/"
    if parts[0] != "gbengine" or len(parts) != 3:
        return f'write "{include}" as "gbengine/floor/file.hpp"'
    if parts[1] not in allowed:
        return f"{who} must not include {parts[1]}/ ({include})"
    return None


# --- C++: rules on the text -----------------------------------------------------------------------


def check_openmp(source: Source) -> Iterator[Violation]:
    """OpenMP only where Parallel is made of it."""
    if source.path == OPENMP_HOME:
        return
    for match in re.finditer(r"#[ \t]*pragma[ \t]+omp\b|_Pragma\(\s*\"omp", source.code):
        text = f"OpenMP pragma outside {OPENMP_HOME}: use Parallel"
        yield Violation(source.path, line_of(source.code, match.start()), text)


def check_kernel_rules(source: Source) -> Iterator[Violation]:
    """What is compiled once per instruction set allocates nothing and throws nothing."""
    if source.floor != "kernel" or not source.path.endswith(".inl.hpp"):
        return
    for match in NOT_IN_KERNEL.finditer(source.code):
        text = f"a kernel must not use '{match.group()}': no allocation, no exception"
        yield Violation(source.path, line_of(source.code, match.start()), text)


def registry_names(code: str) -> set[str]:
    """The names of a registry.cpp's rows: the strings that open the outermost such braces."""
    names: list[tuple[int, str]] = []
    depth = 0
    token = re.compile(r'\{(?=\s*"([^"]*)")|"(?:\\.|[^"\\])*"|[{}]')
    for match in token.finditer(code):
        if match.group() == "{":
            depth += 1
            if match.group(1) is not None:
                names.append((depth, match.group(1)))
        elif match.group() == "}":
            depth -= 1
    outermost = min((row_depth for row_depth, _ in names), default=0)
    return {name for row_depth, name in names if row_depth == outermost}


def check_registry_names(sources: list[Source]) -> Iterator[Violation]:
    """No name of an objective, metric or criterion is outside its own file and the registries."""
    names: set[str] = set()
    for source in sources:
        if source.floor in HAS_REGISTRY and source.parts[3] == "registry.cpp":
            found = registry_names(source.code)
            names |= found
            if not found:
                yield Violation(source.path, 1, "no row of the registry could be read")
    for source in sources:
        if Path(source.path).name == "registry.cpp":
            continue
        stem = Path(source.path).stem
        is_home = source.floor in HAS_REGISTRY
        for match in re.finditer(r'"((?:\\.|[^"\\\n])*)"', source.code):
            name = match.group(1)
            if name in names and not (is_home and (name in stem or stem in name)):
                text = f'the name "{name}" belongs in its own file and registry.cpp alone'
                yield Violation(source.path, line_of(source.code, match.start()), text)


# --- Build files ----------------------------------------------------------------------------------


def check_cmake_lists(root: Path, sources: list[Source]) -> Iterator[Violation]:
    """Every .cpp of the core is in CMake's list, and the list names no file twice."""
    path = "cpp/gbengine/CMakeLists.txt"
    text = re.sub(r"#[^\n]*", "", (root / path).read_text(encoding="utf-8"))
    lists = re.findall(r"(?:add_library|target_sources)\s*\(([^)]*)\)", text)
    listed = [word for body in lists for word in body.split() if word.endswith(".cpp")]
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        yield Violation(path, 1, f"{name} is listed twice")
    for source in sources:
        name = "/".join(source.parts[2:])
        if source.parts[1] == "gbengine" and name.endswith(".cpp") and name not in listed:
            yield Violation(source.path, 1, f"not in the list of sources in {path}")


def check_machine_flags(root: Path) -> Iterator[Violation]:
    """A wheel must run on other machines than the one that built it."""
    build_files = [root / "CMakeLists.txt", root / "CMakePresets.json", root / "pyproject.toml"]
    for folder in ("cpp", "tests", "bench", "scripts"):
        build_files += sorted((root / folder).rglob("CMakeLists.txt"))
        build_files += sorted((root / folder).rglob("*.cmake"))
    build_files += [path for path in sorted((root / "scripts").glob("*")) if path.is_file()]
    for path in filter(Path.exists, build_files):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "-march=native" in line.split("#")[0]:
                text = "-march=native: choose the instruction set at run time (base/isa.hpp)"
                yield Violation(str(path.relative_to(root)), number, text)


def check_length(root: Path) -> Iterator[Violation]:
    """No file is too long to read at one sitting."""
    for folder in ("cpp", "python", "tests", "bench", "tools", "examples", "scripts"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".cpp", ".hpp", ".py", ".pyi"}:
                n_lines = len(path.read_text(encoding="utf-8").splitlines())
                if n_lines > MAX_LINES:
                    text = f"{n_lines} lines, at most {MAX_LINES}: split it, one idea a file"
                    yield Violation(str(path.relative_to(root)), MAX_LINES + 1, text)


# --- Python ---------------------------------------------------------------------------------------


def imported_modules(node: ast.AST) -> list[str]:
    """The full names of the modules that an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        joint = "" if base.endswith(".") else "."
        return [base, *(f"{base}{joint}{alias.name}" for alias in node.names)]
    return []


def import_time_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run on import: not those in functions or under TYPE_CHECKING."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from import_time_statements(statement.orelse)
            continue
        yield statement
        for field in ("body", "orelse", "finalbody"):
            yield from import_time_statements(getattr(statement, field, []))
        for handler in getattr(statement, "handlers", []):
            yield from import_time_statements(handler.body)


def allowed_packages(root: Path) -> set[str]:
    """Import names of the run-time dependencies, as pyproject.toml has them."""
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    names: set[str] = set()
    for line in config["project"]["dependencies"]:
        name = re.split(r"[^A-Za-z0-9_.-]", line)[0]
        names |= IMPORT_NAMES.get(name, {name.replace("-", "_")})
    return names


def check_package(root: Path) -> Iterator[Violation]:
    """The package imports its declared dependencies only, and native code only as _core."""
    allowed = allowed_packages(root) | set(sys.stdlib_module_names) | {"gbengine"}
    for path in sorted((root / "python" / "gbengine").rglob("*.py")):
        relative = str(path.relative_to(root))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for module in imported_modules(node):
                if module.split(".")[0] in FOREIGN_CODE:
                    text = f"import of {module}: native code is reached through gbengine._core"
                    yield Violation(relative, getattr(node, "lineno", 1), text)
        for statement in import_time_statements(tree.body):
            modules = imported_modules(statement)
            for module in modules if isinstance(statement, ast.Import) else modules[:1]:
                top = module.split(".")[0]
                if top and top not in allowed:
                    text = f"import of {top}, which is no run-time dependency of pyproject.toml"
                    yield Violation(relative, statement.lineno, text)


def check_core_users(root: Path) -> Iterator[Violation]:
    """Examples and benchmarks use the estimators, as a user would; _core is private."""
    for folder in ("examples", "bench", "docs"):
        for path in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if any(name.startswith("gbengine._") for name in imported_modules(node)):
                    text = "gbengine's private modules are for the package and its tests alone"
                    yield Violation(str(path.relative_to(root)), getattr(node, "lineno", 1), text)


# --- All ------------------------------------------------------------------------------------------


def check(root: Path) -> list[Violation]:
    """All violations below the root, sorted."""
    sources = cpp_sources(root)
    violations: list[Violation] = []
    for source in sources:
        violations += check_includes(source)
        violations += check_openmp(source)
        violations += check_kernel_rules(source)
    violations += check_registry_names(sources)
    violations += check_cmake_lists(root, sources)
    violations += check_machine_flags(root)
    violations += check_length(root)
    violations += check_package(root)
    violations += check_core_users(root)
    return sorted(set(violations))


def main(args: list[str]) -> int:
    """Exit status for the tree at the given root (default: the one this file is in)."""
    root = Path(args[0]) if args else Path(__file__).resolve().parent.parent
    violations = check(root)
    for violation in violations:
        print(violation)
    print(f"check_layers: {len(violations)} violations" if violations else "check_layers: clean")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

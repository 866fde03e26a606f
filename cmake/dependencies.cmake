# Native dependencies. Debian packages, except Wasmtime: tools/setup puts it below .deps (or takes WASMTIME_DIR).
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBFYAML REQUIRED IMPORTED_TARGET libfyaml)

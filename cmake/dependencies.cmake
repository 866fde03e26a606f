# Native dependencies. Debian packages, except Wasmtime: tools/setup puts it below .deps (or takes WASMTIME_DIR).
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBFYAML REQUIRED IMPORTED_TARGET libfyaml)

if(DEFINED ENV{WASMTIME_DIR})
  set(WEFT_WASMTIME_DIR "$ENV{WASMTIME_DIR}")
else()
  set(WEFT_WASMTIME_DIR "${PROJECT_SOURCE_DIR}/.deps/wasmtime")
endif()
find_library(WEFT_WASMTIME_LIBRARY NAMES wasmtime PATHS "${WEFT_WASMTIME_DIR}/lib" NO_DEFAULT_PATH NO_CACHE)
if(NOT WEFT_WASMTIME_LIBRARY)
  message(FATAL_ERROR "Wasmtime is not in ${WEFT_WASMTIME_DIR}: run tools/setup, or set WASMTIME_DIR")
endif()
add_library(wasmtime SHARED IMPORTED)
set_target_properties(wasmtime PROPERTIES IMPORTED_LOCATION "${WEFT_WASMTIME_LIBRARY}" IMPORTED_NO_SONAME ON
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${WEFT_WASMTIME_DIR}/include")
target_include_directories(wasmtime SYSTEM INTERFACE "${WEFT_WASMTIME_DIR}/include")

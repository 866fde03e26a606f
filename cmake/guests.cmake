# Guests: programs for wasm32-wasi, built with Debian's clang, rustc and with Go.
set(WEFT_GUEST_FLAGS --target=wasm32-wasi -O2 -Wall -Wextra -I${PROJECT_SOURCE_DIR}/guest)

# weft_guest(TARGET_VAR output.wasm source)
function(weft_guest out source)
  get_filename_component(ending ${source} LAST_EXT)
  get_filename_component(folder ${out} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  set(sdk ${PROJECT_SOURCE_DIR}/guest/weft.h ${PROJECT_SOURCE_DIR}/guest/weft.hpp)
  if(ending STREQUAL ".c")
    set(command clang-19 ${WEFT_GUEST_FLAGS} -std=gnu17 ${source} -o ${out})
  elseif(ending STREQUAL ".cpp")
    set(command clang++-19 ${WEFT_GUEST_FLAGS} -isystem /usr/include/stb -std=c++20 -fno-exceptions -fno-rtti ${source} -o ${out})
  elseif(ending STREQUAL ".rs")
    # Debian's rustc has the wasm32-wasi library; another toolchain that comes first on PATH may not.
    set(command /usr/bin/rustc --edition 2021 --target wasm32-wasi -O -C strip=symbols -C linker=wasm-ld-14 ${source} -o ${out})
  elseif(ending STREQUAL ".go")
    get_filename_component(package ${source} DIRECTORY)
    set(command ${CMAKE_COMMAND} -E env GOOS=wasip1 GOARCH=wasm GOTOOLCHAIN=local go build -C ${package} -trimpath -ldflags=-s -o ${out} .)
  endif()
  add_custom_command(OUTPUT ${out} COMMAND ${command} DEPENDS ${source} ${sdk} ${ARGN} VERBATIM)
  set_property(DIRECTORY APPEND PROPERTY WEFT_GUESTS ${out})
endfunction()

# A target that builds every guest declared in this folder.
function(weft_guests_target name)
  get_property(guests DIRECTORY PROPERTY WEFT_GUESTS)
  add_custom_target(${name} ALL DEPENDS ${guests})
endfunction()

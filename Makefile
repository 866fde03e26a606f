# weft. `make demo` and `make test` do all set-up themselves; see README.md.
BUILD := build
WEFT := $(BUILD)/bin/weft

.PHONY: help setup build demo test bench check format clean
help:
	@echo "make demo    a real photograph through five WebAssembly programs, and what each step cost"
	@echo "make test    all tests: release, ASan and UBSan, layers, the core as wasm"
	@echo "make build   leaves $(WEFT)"
	@echo "make bench   figures beside their floors, into $(BUILD)/bench/*.json"
	@echo "make check   what takes longer: TSan, fuzzers, clang-tidy, coverage, a longer simulation"
	@echo "make format  clang-format over the sources"

setup:
	@tools/setup

build: setup
	@tools/build release
	@mkdir -p $(BUILD)/bin && ln -sf ../release/bin/weft $(WEFT)

demo: build
	@echo; echo "\$$ weft run examples/vision/workflow.yaml --input photo.jpg --output $(BUILD)/demo"
	@$(WEFT) run $(BUILD)/release/examples/vision/workflow.yaml --input .deps/vision/photo.jpg --output $(BUILD)/demo
	@echo; cat $(BUILD)/demo/report; echo; echo "outputs: $(BUILD)/demo/edges (PGM), $(BUILD)/demo/report"

test: build
	@tools/test

bench: build
	@tools/bench

check: test
	@tools/check

format:
	@git ls-files '*.cc' '*.h' '*.c' '*.cpp' '*.hpp' | xargs clang-format-19 -i

clean:
	rm -rf $(BUILD)

// The guest's open descriptors: small numbers for streams, files and folders. The lowest free number is given, as POSIX
// has it. Owner: its Process; the nodes' own counts of descriptors are the caller's to keep.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/wasi/abi.h"
#include "core/wasi/nodes.h"

namespace weft::wasi {

struct Descriptor {
  enum class Kind : std::uint8_t { closed, input, output, log, file, folder };
  Kind kind = Kind::closed;
  bool is_preopened = false;
  std::uint16_t flags = 0;
  NodeId node{};  // of a file or folder; of the preopened one only once it has been used (Process::State::folder_of)
  std::uint64_t offset = 0;
  Rights base = 0;
  Rights inheriting = 0;

  [[nodiscard]] bool is_stream() const { return kind == Kind::input || kind == Kind::output || kind == Kind::log; }
  [[nodiscard]] bool has(Rights rights) const { return (base & rights) == rights; }
};

class DescriptorTable {
 public:
  explicit DescriptorTable(std::uint32_t bound) : bound_(bound) {}

  // The number given, or nothing where the table is full.
  std::optional<std::uint32_t> add(const Descriptor& descriptor) {
    const std::optional<std::uint32_t> number = lowest_free();
    if (!number) return std::nullopt;
    if (*number == slots_.size()) slots_.emplace_back();
    slots_[*number] = descriptor;
    lowest_maybe_free_ = *number + 1;
    return number;
  }

  [[nodiscard]] bool is_full() const { return !lowest_free().has_value(); }

  [[nodiscard]] Descriptor* find(std::uint32_t number) {
    if (number >= slots_.size() || slots_[number].kind == Descriptor::Kind::closed) return nullptr;
    return &slots_[number];
  }

  void remove(std::uint32_t number) {
    slots_[number] = Descriptor{};
    if (number < lowest_maybe_free_) lowest_maybe_free_ = number;
  }

 private:
  [[nodiscard]] std::optional<std::uint32_t> lowest_free() const {
    std::uint32_t number = lowest_maybe_free_;
    while (number < slots_.size() && slots_[number].kind != Descriptor::Kind::closed) ++number;
    if (number >= bound_) return std::nullopt;
    return number;
  }

  std::vector<Descriptor> slots_;
  std::uint32_t bound_;
  std::uint32_t lowest_maybe_free_ = 0;  // below it, every number is taken
};

}  // namespace weft::wasi

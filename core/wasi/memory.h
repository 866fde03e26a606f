// The guest's memory with the checks around it: every address and length a guest gives goes through holds() first, in
// 64 bits, so that nothing wraps. Owner: its Process. No alignment is asked for, as wasm asks for none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/wasi/abi.h"
#include "core/wasi/host.h"

namespace weft::wasi {

class GuestMemory {
 public:
  explicit GuestMemory(Host& host) : host_(&host) {}

  [[nodiscard]] bool holds(std::uint32_t address, std::uint64_t size) const {
    const std::uint64_t total = host_->memory_size();
    return size <= total && address <= total - size;
  }

  // Unchecked: the caller has asked holds().
  void load(std::uint32_t address, std::span<std::byte> to) const {
    if (!to.empty()) host_->load(address, to);
  }
  void store(std::uint32_t address, std::span<const std::byte> from) const {
    if (!from.empty()) host_->store(address, from);
  }
  void store(std::uint32_t address, std::string_view text) const { store(address, std::as_bytes(std::span(text))); }
  template <std::size_t Size>
  void store(std::uint32_t address, const Packed<Size>& packed) const {
    store(address, std::span<const std::byte>(packed.bytes));
  }
  void store_u32(std::uint32_t address, std::uint32_t value) const {
    Packed<4> packed;
    packed.put(0, value);
    store(address, packed);
  }
  void store_u64(std::uint32_t address, std::uint64_t value) const {
    Packed<8> packed;
    packed.put(0, value);
    store(address, packed);
  }

 private:
  Host* host_;
};

}  // namespace weft::wasi

#include "core/wasi/seed.h"

#include <span>

#include "core/base/digest.h"
#include "core/wasi/abi.h"

namespace weft::wasi {

std::array<std::uint8_t, 32> seed_key(std::uint64_t seed, std::string_view step, std::uint64_t item,
                                      std::uint32_t try_number) {
  Packed<12> head;
  head.put(0, seed);
  head.put(8, static_cast<std::uint32_t>(step.size()));
  Packed<12> tail;
  tail.put(0, item);
  tail.put(8, try_number);

  Sha256 hash;
  hash.update(std::string_view("weft.seed.1"));
  hash.update(std::span<const std::byte>(head.bytes));
  hash.update(step);
  hash.update(std::span<const std::byte>(tail.bytes));
  return hash.finish().bytes;
}

}  // namespace weft::wasi

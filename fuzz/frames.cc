// Any bytes as frames and as lines: what is split and joined again is the same.
#include <cstdlib>

#include "core/wire/frame.h"
#include "host/driver/items.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const auto bytes = std::as_bytes(std::span(data, size));
  // Cut in two, so that frames cross pieces.
  const host::Blob blob = host::Blob::join(std::vector{host::Blob::copy_of(bytes.first(size / 3)), host::Blob::copy_of(bytes.subspan(size / 3))});
  const auto frames = host::split_items(blob, flow::Each::frames, 1000);
  if (frames && frames->size() <= 1000 && host::join_items(*frames, flow::Each::frames).to_string() != blob.to_string()) std::abort();
  const auto lines = host::split_items(blob, flow::Each::lines, 1'000'000);
  std::uint64_t total = 0;
  for (const host::Blob& line : *lines) total += line.size_bytes();
  if (total > size) std::abort();
  return 0;
}
